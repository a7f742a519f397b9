namespace Tieout.Domain.Mapping;

/// <summary>Where a document goes, and who says so.</summary>
public abstract record Routing
{
    private Routing() { }

    /// <summary>It is about documents that went to this target, and follows them whatever the routes say now.</summary>
    public sealed record Follows(string Target) : Routing;

    /// <summary>A published rule chose.</summary>
    public sealed record ByRule(string Target, RouteRule Rule) : Routing;

    /// <summary>No published rule matches; the targets file names the legal entity.</summary>
    public sealed record ByFile(string Target) : Routing;

    /// <summary>What it is about went to several targets: no one of them could book it whole.</summary>
    public sealed record Apart(IReadOnlyList<string> Targets) : Routing;

    /// <summary>Nothing names a target.</summary>
    public sealed record Nowhere : Routing;

    /// <summary>
    /// Corrections first: a credit memo, a reversal, or an entry that settles something goes where that went. Then the most specific
    /// published rule, then the targets file.
    /// </summary>
    /// <param name="before">Targets of what the document is about, each once; empty when it is about nothing, or an invoice.</param>
    /// <param name="book">The published routes.</param>
    /// <param name="facts">Of the document.</param>
    /// <param name="byFile">The target that the file names for the legal entity; empty when it names none.</param>
    public static Routing Of(IReadOnlyList<string> before, RouteBook book, Facts facts, string byFile) => before switch
    {
        [var only] => new Follows(only),
        [_, _, ..] => new Apart(before),
        _ when book.Choose(facts) is { } rule => new ByRule(rule.Target, rule),
        _ when byFile.Length > 0 => new ByFile(byFile),
        _ => new Nowhere(),
    };
}
