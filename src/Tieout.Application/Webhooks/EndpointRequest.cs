namespace Tieout.Application.Webhooks;

/// <summary>Where a secret is: one of the two. The secret itself is never sent to us, nor kept.</summary>
public sealed record SecretPlace
{
    /// <summary>Name of an environment variable of the program that delivers.</summary>
    public string? Env { get; init; }

    /// <summary>Whole path of a file on the machine that delivers.</summary>
    public string? File { get; init; }
}

/// <summary>Who is to be told, and of what.</summary>
public sealed record EndpointRequest
{
    /// <summary>https, or http for this machine.</summary>
    public string? Url { get; init; }

    /// <summary>For people; may be empty.</summary>
    public string? Description { get; init; }

    /// <summary>Kinds of events.</summary>
    public IReadOnlyList<string>? Events { get; init; }

    /// <summary>Where the secret is that signs.</summary>
    public SecretPlace? Secret { get; init; }

    /// <summary>Who asks.</summary>
    public string? Actor { get; init; }
}

/// <summary>What to change about an endpoint; what is null stays.</summary>
public sealed record EndpointChange
{
    /// <summary>https, or http for this machine.</summary>
    public string? Url { get; init; }

    /// <summary>For people; may be empty.</summary>
    public string? Description { get; init; }

    /// <summary>Kinds of events, instead of those it has.</summary>
    public IReadOnlyList<string>? Events { get; init; }

    /// <summary><c>enabled</c> or <c>disabled</c>.</summary>
    public string? State { get; init; }

    /// <summary>Who changes it.</summary>
    public string? Actor { get; init; }

    /// <summary>Why.</summary>
    public string? Reason { get; init; }
}

/// <summary>A new secret beside the one that signs today.</summary>
public sealed record RotationRequest
{
    /// <summary>Where the new secret is.</summary>
    public SecretPlace? Secret { get; init; }

    /// <summary>How long the old one goes on signing beside it, 0 to 720; 24 when not given. As text.</summary>
    public string? OverlapHours { get; init; }

    /// <summary>Who rotates.</summary>
    public string? Actor { get; init; }

    /// <summary>Why.</summary>
    public string? Reason { get; init; }
}

/// <summary>A secret that signs.</summary>
/// <param name="Kind"><c>env</c> or <c>file</c>.</param>
/// <param name="Place">Name of the variable or path of the file.</param>
/// <param name="Until">Signs until then; null for the newest.</param>
/// <param name="Readable">Whether the program that answers finds a secret there.</param>
public sealed record EndpointSecret(string Kind, string Place, DateTimeOffset AddedAt, DateTimeOffset? Until, bool Readable);

/// <summary>An endpoint as it stands.</summary>
/// <param name="State"><c>enabled</c>, <c>disabled</c> (what happens meanwhile is held) or <c>removed</c>.</param>
/// <param name="Why">Why it is disabled or removed; empty while it is enabled.</param>
/// <param name="FailingSince">The first failure since it last took anything; null while it takes.</param>
/// <param name="WaitsUntil">It asked to be left alone until then.</param>
/// <param name="Waiting">Deliveries that go by themselves.</param>
/// <param name="Failed">Deliveries given up; somebody may replay them.</param>
/// <param name="Held">Deliveries of the time it was disabled; somebody may replay them.</param>
public sealed record WebhookEndpoint(
    Guid Id, string Url, string Description, IReadOnlyList<string> Events, string State, string Why, DateTimeOffset? FailingSince,
    DateTimeOffset? WaitsUntil, IReadOnlyList<EndpointSecret> Secrets, long Waiting, long Failed, long Held, string CreatedBy,
    DateTimeOffset CreatedAt, DateTimeOffset ChangedAt);
