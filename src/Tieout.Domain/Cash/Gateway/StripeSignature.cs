using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tieout.Domain.Catalog;

namespace Tieout.Domain.Cash.Gateway;

/// <summary>
/// Whether a webhook is Stripe's: header <c>t=…,v1=…</c>, where each v1 is the HMAC-SHA256 of <c>t.body</c> in hexadecimal digits, under the
/// endpoint's secret as it is written (its <c>whsec_</c> is part of the key). While a secret is rolled, Stripe signs with both, and both are
/// known here; any pair that fits is enough. Other schemes (<c>v0</c>) are passed over.
/// </summary>
public static class StripeSignature
{
    /// <summary>Seconds a timestamp may be off, either way: an old one is a replay.</summary>
    public const long Tolerance = 300;

    private const int LongestHeader = 2_000;
    private const int MostSignatures = 20;

    /// <summary>Null when it is Stripe's; else why not. Judged on the raw bytes, before anything reads them.</summary>
    /// <param name="secrets">Those of the endpoint: one, or two while it is rolled.</param>
    /// <param name="now">Seconds since 1970.</param>
    public static PriceProblem? Problem(string? header, ReadOnlySpan<byte> body, IReadOnlyCollection<string> secrets, long now, long tolerance = Tolerance)
    {
        if (secrets.Count == 0 || secrets.Any(string.IsNullOrWhiteSpace))
            return Bad("no-secret", "There is no secret to judge the signature by.", "Set the endpoint's signing secret.");
        if (string.IsNullOrEmpty(header) || header.Length > LongestHeader || !TryRead(header, out var time, out var signatures))
            return Bad("bad-header", "The header is not t=…,v1=….", "Send it as Stripe made it; proxies must not change it.");
        // Digits of a forged header may be anything; compared first so that nothing overflows.
        if (time < now - tolerance || time > now + tolerance)
            return Bad("stale", "The timestamp is too old or ahead of time.", "Set the clocks right; let Stripe send the event again.");
        var fits = false;
        foreach (var secret in secrets)
        {
            var expected = Encoding.ASCII.GetBytes(Sign(secret, time, body));
            foreach (var signature in signatures) fits |= CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(signature), expected);
        }
        return fits ? null : Bad("bad-signature", "No signature fits: the body was changed, or another secret signed it.",
            "Compare the endpoint's secret with ours.");
    }

    /// <summary>One signature, as Stripe makes it.</summary>
    public static string Sign(string secret, long time, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret));
        hash.AppendData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{time}.")));
        hash.AppendData(body);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static bool TryRead(string header, out long time, out List<string> signatures)
    {
        time = 0;
        signatures = [];
        var times = 0;
        foreach (var part in header.Split(','))
        {
            var at = part.IndexOf('=', StringComparison.Ordinal);
            if (at < 0) return false;
            var (name, value) = (part[..at].Trim(), part[(at + 1)..].Trim());
            if (name == "t" && (times++ > 0 || value.Length > 12 || !long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture,
                out time))) return false;
            if (name == "v1") signatures.Add(value);
        }
        return times == 1 && signatures.Count is > 0 and <= MostSignatures;
    }

    private static PriceProblem Bad(string code, string reason, string remedy) => new("Stripe-Signature", code, reason, remedy);
}
