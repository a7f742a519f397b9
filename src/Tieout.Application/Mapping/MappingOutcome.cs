using System.Text.Json.Nodes;
using Tieout.Domain.Catalog;

namespace Tieout.Application.Mapping;

/// <summary>A version without its content.</summary>
/// <param name="Kind"><c>routes</c>, <c>account-rules</c> or <c>value-map</c>.</param>
/// <param name="Target">Empty for routes.</param>
/// <param name="Name">Of a value map; empty for others.</param>
/// <param name="Number">From 1, by kind, target and name.</param>
/// <param name="State"><c>draft</c> or <c>published</c>.</param>
/// <param name="InForce">Whether it is the one that counts.</param>
/// <param name="Rules">Rules, or entries of the map.</param>
/// <param name="Fingerprint">SHA-256 of the content's canonical text.</param>
/// <param name="Note">What it is for.</param>
/// <param name="Actor">Who drafted it last.</param>
/// <param name="DraftedAt">When.</param>
/// <param name="PublishedBy">Empty for a draft.</param>
/// <param name="PublishedAt">Null for a draft.</param>
public sealed record MappingVersionRow(
    string Kind, string Target, string Name, int Number, string State, bool InForce, int Rules, string Fingerprint, string Note, string Actor,
    DateTimeOffset DraftedAt, string PublishedBy, DateTimeOffset? PublishedAt);

/// <summary>A version with what it says.</summary>
/// <param name="Version">Its head.</param>
/// <param name="Content">Rules, or values, in canonical order.</param>
/// <param name="Warnings">What may be meant, and should be looked at before publication.</param>
/// <param name="Problems">What would keep it from being published, as far as was looked.</param>
public sealed record MappingVersion(
    MappingVersionRow Version, JsonObject Content, IReadOnlyList<string> Warnings, IReadOnlyList<PriceProblem> Problems);

/// <summary>What came of a request about mapping versions.</summary>
public abstract record MappingOutcome
{
    private MappingOutcome() { }

    /// <summary>It stands, or stood already.</summary>
    /// <param name="Version">As it stands.</param>
    /// <param name="Changed">False when nothing had to be written.</param>
    public sealed record Done(MappingVersion Version, bool Changed) : MappingOutcome;

    /// <summary>The document is wrong; nothing was written.</summary>
    public sealed record Refused(IReadOnlyList<PriceProblem> Problems) : MappingOutcome;

    /// <summary>There is no such version.</summary>
    public sealed record NotFound(string Words) : MappingOutcome;

    /// <summary>What stands is in the way; nothing was written.</summary>
    public sealed record Conflict(string Code, string Reason, string Remedy) : MappingOutcome;
}
