using System.Security.Cryptography;

namespace Tieout.Domain.Rating;

/// <summary>What of an expiring grant lives on: a fraction of the rest, and no more than the most.</summary>
public sealed record Rollover
{
    /// <summary>A rule.</summary>
    /// <param name="fraction">0.5 keeps half of the rest; above 0, at most 1.</param>
    /// <param name="most">The most that is kept; null for no limit.</param>
    public Rollover(decimal fraction, decimal? most)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(fraction);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(fraction, 1m);
        if (most is { } limit) ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit, nameof(most));
        (Fraction, Most) = (fraction, most);
    }

    /// <summary>Of the rest.</summary>
    public decimal Fraction { get; }

    /// <summary>The limit.</summary>
    public decimal? Most { get; }

    /// <summary>Whether what was rolled over rolls over again when it expires; by default it does not.</summary>
    public bool Again { get; init; }

    /// <summary>
    /// What is granted anew on the day a grant expires; zero before that day, without a rule, when nothing is left, or when its sale was taken back. Cut to 12
    /// decimals, as credit is kept. What is not kept is breakage.
    /// </summary>
    public static decimal Of(CreditGrant grant, DateOnly day)
    {
        if (grant.Withdrawn || grant.Rollover is not { } rule || grant.ExpiresOn is not { } end || day < end) return 0m;
        var kept = DrawDown.Kept(grant.Remaining * rule.Fraction);
        return rule.Most is { } most && kept > most ? most : kept;
    }

    /// <summary>
    /// The grant that carries a rest on: the same credit, name, priority and currency, from the day the old one expires. It lives as
    /// long as the old one did: as many calendar months where that was whole months, otherwise as many days. Its id follows from the
    /// old one's, so that one rest has one successor however often it is computed.
    /// </summary>
    /// <param name="grant">With a rule and a day of expiry.</param>
    /// <param name="kept">Above zero; what <see cref="Of"/> says.</param>
    public static CreditGrant Successor(CreditGrant grant, decimal kept)
    {
        var end = grant.ExpiresOn!.Value;
        return new CreditGrant(IdOf(grant.Id), grant.Credit, kept)
        {
            Currency = grant.Currency,
            Name = grant.Name,
            Priority = grant.Priority,
            GrantedOn = end,
            ExpiresOn = Later(grant.GrantedOn, end),
            Rollover = grant.Rollover is { Again: true } again ? again : null,
            RolledFrom = grant.Id,
        };
    }

    private static DateOnly Later(DateOnly from, DateOnly end)
    {
        var months = (end.Year - from.Year) * 12 + end.Month - from.Month;
        return from.AddMonths(months) == end ? end.AddMonths(months) : end.AddDays(end.DayNumber - from.DayNumber);
    }

    private static CreditGrantId IdOf(CreditGrantId old)
    {
        Span<byte> text = stackalloc byte[32];
        "tieout rollover "u8.CopyTo(text);
        old.Value.TryWriteBytes(text[16..], bigEndian: true, out _);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text, hash);
        // An id made of a name: version 8, the variant of RFC 9562.
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new CreditGrantId(new Guid(hash[..16], bigEndian: true));
    }
}
