namespace Sparsify.HostWorker.Diagnosis;

/// <summary>What the doctor found of one thing.</summary>
/// <param name="Subject">What was looked at.</param>
/// <param name="State">Whether it can be used.</param>
/// <param name="Finding">What was seen.</param>
/// <param name="Remedy">What to do; null when nothing is to be done.</param>
public sealed record CheckResult(string Subject, CheckState State, string Finding, string? Remedy = null);
