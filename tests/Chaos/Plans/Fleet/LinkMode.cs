namespace Sparsify.Chaos.Fleet;

/// <summary>What a link does with what passes.</summary>
public enum LinkMode
{
    /// <summary>Passes it on.</summary>
    Open,

    /// <summary>Closes every connection, and takes no new one.</summary>
    Cut,

    /// <summary>Passes it on late.</summary>
    Slow,

    /// <summary>Nothing reaches the server, and nobody is told: as a network that loses packets one way.</summary>
    SilentToServer,

    /// <summary>Nothing reaches the service.</summary>
    SilentToService,
}
