namespace Tieout.Domain.Rating;

/// <summary>What a slice of a charge is for; picks its words.</summary>
internal enum SliceKind
{
    Flat,
    Units,
    TierFlat,
    FreeUnits,
    Packages,
    Money,
    FreeMoney,
    FreeTransaction,
    Transaction,
    IncludedFee,
    Overage,
    FactorOverage,
    CapacityFlat,
    CapacityUnits,
    TrueUp,
    DrawnUnits,
    DrawnMoney,
    Proration,
    LineMinimum,
    PercentOff,
    AmountOff,
    PartsBefore,
}

/// <summary>One part of a charge. Every rule says its result in slices; the amount of the charge is their sum.</summary>
/// <param name="Kind">What it is for.</param>
/// <param name="Amount">What it adds; below zero for what is taken off.</param>
internal readonly record struct Slice(SliceKind Kind, decimal Amount)
{
    /// <summary>The tier from 1, or the transaction's place; 0 for none.</summary>
    public int Place { get; init; }

    /// <summary>How many tiers there are; 0 where <see cref="Place"/> is no tier.</summary>
    public int Tiers { get; init; }

    /// <summary>Units, packages or money.</summary>
    public decimal Quantity { get; init; }

    /// <summary>Price of one of them, or a fraction of money.</summary>
    public decimal UnitPrice { get; init; }

    /// <summary>A third figure of some kinds: size of a package, fixed fee of a transaction, what is included.</summary>
    public decimal Other { get; init; }

    /// <summary>A name of some kinds: a grant, a discount.</summary>
    public string? Name { get; init; }
}

/// <summary>
/// Where the slices of a charge go: into a sum (the bulk path) or into words. A rule is written once against this, so that
/// the two can never differ; as the sum is a struct, its calls are compiled in place and nothing is allocated.
/// </summary>
internal interface ISteps
{
    /// <summary>The sum of all slices so far, in the order they came.</summary>
    decimal Total { get; }

    void Add(in Slice slice);

    void Draw(CreditDraw draw);

    /// <summary>What follows is for this combination of a matrix; null again after it.</summary>
    void Within(IReadOnlyList<string>? dimensions, MeasuredGroup? group);
}

/// <summary>Adds up.</summary>
internal struct SumSteps : ISteps
{
    public decimal Total { get; private set; }

    public void Add(in Slice slice) => Total += slice.Amount;

    public readonly void Draw(CreditDraw draw)
    {
        // A sum needs no list of draws.
    }

    public readonly void Within(IReadOnlyList<string>? dimensions, MeasuredGroup? group)
    {
        // Nor where it came from.
    }
}

/// <summary>Adds up the same way and writes down each slice.</summary>
internal struct WordSteps(Currency currency) : ISteps
{
    private readonly List<RatingStep> _steps = [];
    private readonly List<CreditDraw> _draws = [];
    private string _prefix = "";

    public decimal Total { get; private set; }

    /// <summary>At least one: where nothing is charged, that is said.</summary>
    public readonly IReadOnlyList<RatingStep> Steps => _steps.Count > 0 ? _steps : [new RatingStep("nothing is charged", null, null, null, 0m)];

    public readonly IReadOnlyList<CreditDraw> Draws => _draws;

    public void Add(in Slice slice)
    {
        Total += slice.Amount;
        _steps.Add(StepWords.Of(slice, currency, _prefix));
    }

    public readonly void Draw(CreditDraw draw) => _draws.Add(draw);

    public void Within(IReadOnlyList<string>? dimensions, MeasuredGroup? group) =>
        _prefix = dimensions is null || group is null ? "" : string.Join(", ", dimensions.Zip(group.Values, (name,
            value) => $"{name} {value}")) + ": ";
}
