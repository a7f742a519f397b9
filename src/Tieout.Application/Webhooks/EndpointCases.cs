using Tieout.Application.Exceptions;
using Tieout.Domain.Exceptions;

namespace Tieout.Application.Webhooks;

/// <summary>What a person is told about an endpoint. The URL stays out of it: it may hold what only the receiver should know.</summary>
internal static class EndpointCases
{
    /// <summary>The kind of subject; the key is the endpoint's id.</summary>
    public const string Kind = "webhook";

    /// <summary>No secret is where the endpoint points.</summary>
    public const string SecretUnreadable = "webhook-secret-unreadable";

    /// <summary>A delivery was given up.</summary>
    public const string NotDelivered = "webhook-not-delivered";

    public static RaisedException Disabled(Guid endpoint, string host, bool gone, string detail) => Raised(
        endpoint, gone ? "webhook-endpoint-gone" : "webhook-endpoint-failing",
        gone ? $"The receiver at {host} says that it is gone (410), so it is told nothing more."
            : $"The receiver at {host} has taken nothing for days, so it was disabled.",
        "What happens meanwhile is held. Have the receiver mended, enable the endpoint, and replay what was held and what failed; or remove it.", detail);

    public static RaisedException GivenUp(Guid endpoint, string host, string detail) => Raised(
        endpoint, NotDelivered, $"The receiver at {host} did not take an event, however often it was sent.",
        "Look at the failed deliveries of the endpoint and what the receiver answered; replay them when it is mended. They are kept until then.", detail);

    public static RaisedException Secretless(Guid endpoint, string host) => Raised(
        endpoint, SecretUnreadable, $"Events for {host} cannot be signed: no secret is where its endpoint points.",
        "Put the secret there for the program that delivers, or rotate to another place. Events wait and go by themselves then.", "");

    private static RaisedException Raised(Guid endpoint, string code, string cause, string remedy, string technical) =>
        new(new Finding(ExceptionCategory.Technical, code, cause, remedy, technical), Kind, endpoint.ToString());
}
