using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Tieout.Domain.Webhooks;

/// <summary>
/// A secret that signs webhooks, as Standard Webhooks has it: <c>whsec_</c> and then base64 of 24 to 64 random bytes, which are the
/// key. It never prints itself.
/// </summary>
public sealed class WebhookSecret
{
    /// <summary>How every secret begins.</summary>
    public const string Prefix = "whsec_";

    private const int ShortestKey = 24;
    private const int LongestKey = 64;
    private const string Scheme = "v1,";

    private readonly byte[] _key;

    private WebhookSecret(byte[] key) => _key = key;

    /// <summary>Reads a secret's text; false for anything that is none. White space around it is no part of it.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out WebhookSecret? secret)
    {
        secret = null;
        text = text?.Trim();
        if (text is null || !text.StartsWith(Prefix, StringComparison.Ordinal)) return false;
        var key = new byte[text.Length];
        if (!Convert.TryFromBase64String(text[Prefix.Length..], key, out var length) || length is < ShortestKey or > LongestKey) return false;
        secret = new WebhookSecret(key[..length]);
        return true;
    }

    /// <summary>The text of a secret with this key.</summary>
    /// <exception cref="ArgumentException">Fewer than 24 or more than 64 bytes.</exception>
    public static string TextOf(ReadOnlySpan<byte> key) => key.Length is >= ShortestKey and <= LongestKey
        ? Prefix + Convert.ToBase64String(key)
        : throw new ArgumentException("A key has 24 to 64 bytes.", nameof(key));

    /// <summary>One signature, <c>v1,</c> and base64 of HMAC-SHA256 over <c>id.timestamp.body</c>.</summary>
    /// <param name="id">The message's id; holds no full stop.</param>
    /// <param name="timestamp">When this attempt is made, in seconds since 1970.</param>
    /// <param name="body">The bytes that are sent, exactly.</param>
    public string Sign(string id, long timestamp, ReadOnlySpan<byte> body)
    {
        if (id.Contains('.', StringComparison.Ordinal)) throw new ArgumentException("A message's id holds no full stop.", nameof(id));
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{timestamp}.")));
        hash.AppendData(body);
        return Scheme + Convert.ToBase64String(hash.GetHashAndReset());
    }

    /// <summary>The header: a signature of each secret, with a space between them, so that a receiver may know either.</summary>
    public static string Sign(IEnumerable<WebhookSecret> secrets, string id, long timestamp, ReadOnlySpan<byte> body)
    {
        var signatures = new List<string>();
        foreach (var secret in secrets) signatures.Add(secret.Sign(id, timestamp, body));
        return string.Join(' ', signatures);
    }

    /// <summary>
    /// What a receiver does: true when any of the header's signatures is this secret's and the timestamp is at most
    /// <paramref name="tolerance"/> seconds off, either way. Compares in constant time; unknown versions are passed over.
    /// </summary>
    public bool Verifies(string header, string id, long timestamp, ReadOnlySpan<byte> body, long now, long tolerance = 300)
    {
        if (timestamp < now - tolerance || timestamp > now + tolerance || id.Contains('.', StringComparison.Ordinal)) return false;
        var expected = Encoding.UTF8.GetBytes(Sign(id, timestamp, body));
        var found = false;
        foreach (var signature in header.Split(' '))
            found |= CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(signature), expected);
        return found;
    }

    /// <summary>Never the secret.</summary>
    public override string ToString() => Prefix + "…";
}
