namespace Tieout.Application.Database;

/// <summary>PostgreSQL gives every decimal of a column's scale; most of them say nothing.</summary>
internal static class Canonical
{
    /// <summary>The same value without trailing zeros: 0.190000 becomes 0.19.</summary>
    public static decimal Of(decimal value) => value / 1.0000000000000000000000000000m;
}
