namespace Tieout.Domain.Catalog;

/// <summary>What is wrong with one field of a price, a plan or a question about one.</summary>
/// <param name="Field">Its path, lists counted from zero: <c>model.tiers[1].up-to</c>.</param>
/// <param name="Code">Stable and machine-readable, such as <c>tiers-not-rising</c>.</param>
/// <param name="Reason">A sentence.</param>
/// <param name="Remedy">What to do about it.</param>
public sealed record PriceProblem(string Field, string Code, string Reason, string Remedy)
{
    /// <summary>All of it in one line.</summary>
    public override string ToString() => $"{Field}: {Reason} {Remedy}";
}
