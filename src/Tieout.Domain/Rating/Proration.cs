using Tieout.Domain.Catalog;

namespace Tieout.Domain.Rating;

/// <summary>Proration: amount × active ÷ whole, by days of the actual period or whatever else the share counts.</summary>
public static class Proration
{
    /// <summary>The share of a full period's exact amount. Not rounded: the charge line is. The full share is the amount itself.</summary>
    /// <exception cref="ArgumentException">A share that was never given a whole.</exception>
    public static decimal Of(decimal amount, Share share)
    {
        if (share.Whole == 0m) throw new ArgumentException("The share has no whole.", nameof(share));
        // Multiply before dividing: a rounded ratio times a large price is off by cents.
        return share.IsFull ? amount : amount * share.Active / share.Whole;
    }

    /// <summary>The share by days that falls on <paramref name="used"/>.</summary>
    /// <exception cref="ArgumentException">Days used that lie outside the period.</exception>
    public static decimal Of(decimal amount, ServicePeriod used, ServicePeriod whole) => Of(amount, Share.Of(used, whole));

    /// <summary>
    /// The model of a part of a period for usage, which was measured in that part already and is not prorated itself: flat amounts,
    /// fees, units included, the price of a capacity and commitments are the period's and shrink with it; prices of a unit, packages,
    /// rates, free units and limits and flat amounts of tiers stay.
    /// </summary>
    public static ChargeModel Fees(ChargeModel model, Share share) => share.IsFull ? model : model switch
    {
        ChargeModel.Flat flat => new ChargeModel.Flat(Of(flat.Amount, share)),
        // Of no fee and no units no factor can be made: each unit costs what it does above those of a whole period.
        ChargeModel.Included { OverageFactor: { } factor, Units: > 0m } included when share.Active == 0m =>
            new ChargeModel.Included(0m, 0m, included.Fee * factor / included.Units, null),
        ChargeModel.Included included => included with { Fee = Of(included.Fee, share), Units = Of(included.Units, share) },
        ChargeModel.Capacity capacity => new ChargeModel.Capacity(
            [.. capacity.Tiers.Select(tier => new Tier(tier.UpTo, Of(tier.UnitPrice, share), Of(tier.FlatAmount, share)))]),
        ChargeModel.Commitment commitment => new ChargeModel.Commitment(Of(commitment.Minimum, share), Fees(commitment.Of, share)),
        ChargeModel.Prepaid prepaid => prepaid with { Of = Fees(prepaid.Of, share) },
        ChargeModel.Matrix matrix => matrix with
        {
            Cells = [.. matrix.Cells.Select(cell => cell with { Model = Fees(cell.Model, share) })],
            Otherwise = matrix.Otherwise is { } other ? Fees(other, share) : null,
        },
        _ => model,
    };
}
