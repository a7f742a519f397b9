using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tieout.Connectors.Port;

namespace Tieout.Connectors.Odoo;

/// <summary>
/// Questions, page by page in the order of ids. A page goes on behind the last id and not after a number of rows: what others create or
/// delete meanwhile shifts nothing.
/// </summary>
internal sealed class OdooRows(OdooSettings settings, OdooClient client, TimeProvider clock)
{
    /// <summary>All rows of a model that a domain names.</summary>
    /// <param name="operation">For the log.</param>
    /// <param name="question">What is asked for.</param>
    /// <param name="read">Reads a row.</param>
    /// <param name="log">Where exchanges are recorded; null for nowhere, and then a server that asks us to wait is waited for.</param>
    /// <param name="cancel">Ends the asking.</param>
    /// <exception cref="ReadBackException">Odoo did not tell everything.</exception>
    public async IAsyncEnumerable<T> Read<T>(
        string operation, OdooQuestion question, Func<JsonElement, T> read, IExchangeLog? log, [EnumeratorCancellation] CancellationToken cancel)
    {
        var last = 0L;
        while (true)
        {
            var rows = await Ask(operation, question.Page(last, settings.PageSize), log, cancel);
            foreach (var row in rows)
            {
                last = Understood(row, one => one.Id("id"));
                yield return Understood(row, read);
            }
            if (rows.Count < settings.PageSize) yield break;
        }
    }

    /// <summary>As <see cref="Read"/>, at once.</summary>
    public async Task<List<T>> All<T>(string operation, OdooQuestion question, Func<JsonElement, T> read, IExchangeLog? log, CancellationToken cancel)
    {
        List<T> all = [];
        await foreach (var row in Read(operation, question, read, log, cancel)) all.Add(row);
        return all;
    }

    /// <summary>The rows one call answers with.</summary>
    /// <exception cref="ReadBackException">It did not.</exception>
    public async Task<IReadOnlyList<JsonElement>> Ask(string operation, OdooCall call, IExchangeLog? log, CancellationToken cancel) =>
        await Answer(operation, call, log, cancel) is { ValueKind: JsonValueKind.Array } rows
            ? [.. rows.EnumerateArray()]
            : throw new ReadBackException("The answer of Odoo cannot be read: it is no list.");

    /// <summary>What one question answers with.</summary>
    /// <exception cref="ReadBackException">It did not.</exception>
    public async Task<JsonElement> Answer(string operation, OdooCall call, IExchangeLog? log, CancellationToken cancel)
    {
        for (var tries = 1; ; tries++)
        {
            switch (await client.Call(operation, call, log, cancel))
            {
                case OdooReply.Done done: return done.Result;
                case OdooReply.NotNow { RetryAfter: { } pause } when log is null && tries < OdooLimits.PatientReads:
                    await Task.Delay(pause < OdooLimits.LongestReadPause ? pause : OdooLimits.LongestReadPause, clock, cancel);
                    break;
                case OdooReply.NotNow not: throw new ReadBackException(not.Reason, not.RetryAfter);
                case OdooReply.Silent silent: throw new ReadBackException(silent.Reason);
                case OdooReply.Refused refused: throw new ReadBackException($"Odoo refused a question: {refused.Error.Text}");
                default: throw new InvalidOperationException("Unknown reply.");
            }
        }
    }

    private static T Understood<T>(JsonElement row, Func<JsonElement, T> read)
    {
        try
        {
            return read(row);
        }
        catch (Exception broken) when (broken is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new ReadBackException($"The answer of Odoo cannot be read: {broken.Message}", broken);
        }
    }
}

/// <summary>What is asked for.</summary>
/// <param name="Model">Such as <c>account.move</c>.</param>
/// <param name="Domain">Conditions; operators stand before what they join.</param>
/// <param name="Fields">To be told, beside the id.</param>
/// <param name="Context">Companies, language, whether archived rows count.</param>
internal sealed record OdooQuestion(string Model, JsonArray Domain, IReadOnlyList<string> Fields, JsonObject Context)
{
    /// <summary>The rows behind an id, at most so many.</summary>
    public OdooCall Page(long last, int size)
    {
        JsonArray domain = last == 0 ? [] : [OdooValues.Where("id", ">", last)];
        foreach (var condition in Domain) domain.Add(condition?.DeepClone());
        var named = new JsonObject
        {
            ["fields"] = OdooValues.List(Fields),
            ["limit"] = size,
            ["order"] = "id",
            ["context"] = Context.DeepClone(),
        };
        return new OdooCall(Model, "search_read", [domain], named);
    }
}
