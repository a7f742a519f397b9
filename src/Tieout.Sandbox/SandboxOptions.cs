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

    /// <summary>How long the SAP tenant takes to book what it was handed to book later.</summary>
    public TimeSpan SapBooksAfter { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Where the SAP tenant sends its confirmations, <c>{company}</c> for the company code; null sends none.</summary>
    public string? SapConfirmsTo { get; init; }

    /// <summary>The user it logs in as there.</summary>
    public string SapConfirmsAs { get; init; } = "SAP";

    /// <summary>The secret it logs in with there.</summary>
    public string SapConfirmsWith { get; init; } = "sandbox-confirms";

    /// <summary>Folder of the legacy ERP's files; null makes one that goes when the sandbox stops.</summary>
    public string? LegacyFolder { get; init; }

    /// <summary>Its files are of fixed width instead of delimited.</summary>
    public bool LegacyFixedWidth { get; init; }

    /// <summary>Its files are in ISO-8859-1 instead of UTF-8.</summary>
    public bool LegacyLatin1 { get; init; }

    /// <summary>The secret key of the Stripe stand-in, which is in test mode.</summary>
    public string StripeKey { get; init; } = "sandbox-stripe-key";

    /// <summary>The Stripe stand-in's own clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Draws faults of all kinds from the start on; null for none but those asked for.</summary>
    public long? Seed { get; init; }

    /// <summary>The share of calls that the seed strikes, from 0 to 1.</summary>
    public double FaultRate { get; init; } = 0.1;

    /// <summary>Told of every request as it came, before anything is made of it; for tests that judge what is sent.</summary>
    public Action<SeenRequest>? Seen { get; init; }
}
