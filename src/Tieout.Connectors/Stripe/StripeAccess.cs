namespace Tieout.Connectors.Stripe;

/// <summary>How Stripe's API is asked.</summary>
/// <param name="Url">Where it is.</param>
/// <param name="SecretKey">Sent as bearer; stands in no file and no table.</param>
/// <param name="Version">Of the API, such as <c>2026-10-28.endive</c>.</param>
/// <param name="Account">The connected account that is asked for; empty for the key's own.</param>
public sealed record StripeAccess(Uri Url, string SecretKey, string Version, string Account)
{
    /// <summary>Where Stripe listens.</summary>
    public static Uri UsualUrl { get; } = new("https://api.stripe.com/");

    /// <summary>What this was written against.</summary>
    public const string UsualVersion = "2026-10-28.endive";

    /// <inheritdoc/>
    public override string ToString() => Url.Host; // never the key
}

/// <summary>One object of a list.</summary>
/// <param name="Body">As it stood in the answer, byte for byte.</param>
public sealed record StripeItem(string Id, byte[] Body);

/// <summary>What came of asking for a page.</summary>
public abstract record StripeReply
{
    private StripeReply() { }

    /// <summary>A page of a list.</summary>
    /// <param name="More">There are more behind the last of them.</param>
    public sealed record Page(IReadOnlyList<StripeItem> Items, bool More) : StripeReply;

    /// <summary>Stripe says no; asking again helps nothing.</summary>
    /// <param name="Code">Stripe's own, such as <c>resource_missing</c>; empty where it gives none.</param>
    /// <param name="Reason">In words, with the id that Stripe's support asks for.</param>
    public sealed record Refused(int Status, string Code, string Reason) : StripeReply;

    /// <summary>No answer that can be read came, however often it was tried.</summary>
    public sealed record Silent(string Reason) : StripeReply;
}
