using Tieout.Domain.Cash;

namespace Tieout.Application.Payments;

/// <summary>Pools of payments as the books write them.</summary>
internal static class PoolWords
{
    /// <summary>Its word in <c>cash.share</c>.</summary>
    public static string Of(CashPool pool) => pool switch
    {
        CashPool.Unapplied => "unapplied",
        CashPool.Recovered => "recovered",
        CashPool.Kept => "kept",
        CashPool.OnInvoice => "invoice",
        CashPool.Discount { IsTax: true } => "discount-tax",
        CashPool.Discount => "discount",
        CashPool.Short => "short",
        _ => throw new ArgumentOutOfRangeException(nameof(pool), pool, "This pool has no word."),
    };

    /// <summary>The pool of a row of <c>cash.share</c>.</summary>
    public static CashPool Read(string word, Guid? invoice, string? taxCode, decimal? taxRate) => word switch
    {
        "unapplied" => new CashPool.Unapplied(),
        "recovered" => new CashPool.Recovered(),
        "kept" => new CashPool.Kept(),
        "discount" or "discount-tax" => new CashPool.Discount(invoice!.Value, taxCode!, taxRate!.Value, word == "discount-tax"),
        "short" => new CashPool.Short(invoice!.Value),
        _ => new CashPool.OnInvoice(invoice!.Value),
    };
}
