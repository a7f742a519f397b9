using System.Text;
using System.Text.RegularExpressions;

namespace Tieout.Connectors.Port;

/// <summary>
/// Stands where requests are announced before they leave. Questions pass and are not kept; anything else is kept and stopped, whatever
/// the connector would do after it.
/// </summary>
internal sealed class DryRunLog(Func<string, bool> asks) : IExchangeLog
{
    /// <summary>What was stopped; empty when nothing was.</summary>
    public string Operation { get; private set; } = "";

    /// <summary>Its bytes.</summary>
    public ReadOnlyMemory<byte> Request { get; private set; }

    public Task<Guid> Began(string operation, ReadOnlyMemory<byte> request, CancellationToken cancel)
    {
        if (asks(operation)) return Task.FromResult(Guid.Empty);
        (Operation, Request) = (operation, request.ToArray());
        throw new DryRunStoppedException();
    }

    public Task Ended(Guid exchange, int? status, ReadOnlyMemory<byte> answer, string? failure, CancellationToken cancel) => Task.CompletedTask;
}

/// <summary>A dry run has come to what it must not send.</summary>
internal sealed class DryRunStoppedException : Exception
{
    public DryRunStoppedException() : base("A dry run sends nothing.") { }

    public DryRunStoppedException(string message) : base(message) { }

    public DryRunStoppedException(string message, Exception inner) : base(message, inner) { }
}

/// <summary>Finds parts that vary.</summary>
internal static class VaryingParts
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Whether the request has such a part.</summary>
    public static bool IsIn(this VaryingPart part, ReadOnlySpan<byte> request) =>
        Regex.IsMatch(Encoding.UTF8.GetString(request), part.Pattern, RegexOptions.ExplicitCapture, Patience);
}
