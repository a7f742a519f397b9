namespace Tieout.Sandbox;

/// <summary>How the sandbox listens and whom it lets in.</summary>
public sealed record SandboxOptions
{
    /// <summary>Port on 127.0.0.1; 0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>The only user.</summary>
    public string User { get; init; } = "TIEOUT";

    /// <summary>Its password. The sandbox holds no real data, so it has a default.</summary>
    public string Password { get; init; } = "sandbox";

    /// <summary>Rows per page of an entity set, however many the caller asks for.</summary>
    public int PageSize { get; init; } = 5000;

    /// <summary>Calls at once that the NetSuite account allows; the smallest one has five.</summary>
    public int NetSuiteSlots { get; init; } = 5;

    /// <summary>Calls at once that the SAP tenant takes; more are turned away with 429. Null for any number.</summary>
    public int? SapSlots { get; init; }

    /// <summary>How long the SAP tenant works on a journal entry message; zero for no longer than it has to.</summary>
    public TimeSpan SapWork { get; init; }
}
