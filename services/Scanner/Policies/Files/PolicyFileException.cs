namespace Sparsify.Scanner.Policies.Files;

/// <summary>A file that is no policy. Its message is a line for each thing that is wrong: file, line, reason.</summary>
public sealed class PolicyFileException(string message) : Exception(message);
