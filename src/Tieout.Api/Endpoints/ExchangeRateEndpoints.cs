using System.ComponentModel;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Tieout.Application.Exchange;
using Tieout.Domain.Exchange;

namespace Tieout.Api.Endpoints;

/// <summary>Rates to take in.</summary>
/// <param name="Rates">1 to 500.</param>
/// <param name="Actor">Who enters them.</param>
/// <param name="Correction">Why other figures than those that stand are right; without it they are refused.</param>
internal sealed record RatesRequestBody(IReadOnlyList<EnteredRate> Rates, string Actor, string? Correction = null);

internal static class ExchangeRateEndpoints
{
    private const int RatesMost = 500;
    private const int ReasonMost = 1000;

    public static void MapExchangeRates(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/v1/exchange-rates").WithTags("Exchange");
        group.MapGet("", List).WithName("listExchangeRates").ProducesProblem(400).WithSummary("Rates that count, youngest first.");
        group.MapGet("on", On).WithName("readExchangeRate").ProducesProblem(400).ProducesProblem(404)
            .WithSummary("How one currency becomes another on a day, with every stored rate used.");
        group.MapPost("", Enter).WithName("enterExchangeRates").ProducesProblem(400).ProducesProblem(409)
            .WithSummary("Takes in rates as quoted. The same again adds nothing; another figure under the same key needs a correction with a reason.");
    }

    private static async Task<Results<Ok<IReadOnlyList<RateRow>>, ProblemHttpResult>> List(
        FindRates rates,
        [Description("The currency one unit of which is quoted")] string? @base,
        [Description("The currency it is quoted in")] string? quote,
        [Description("Such as spot or monthly-average")] string? type,
        [Description("First day")] string? from,
        [Description("The first day that is no longer wanted")] string? until,
        [Description("1 to 200; 50 when not given")] string? limit,
        CancellationToken cancel)
    {
        var asked = new Asked();
        var filter = new RateFilter(
            asked.Text("base", @base), asked.Text("quote", quote), asked.Text("type", type), asked.Day("from", from), asked.Day("until", until));
        var rows = asked.Limit(limit);
        if (asked.Problem is { } problem) return problem;
        return TypedResults.Ok(await rates.List(filter, rows, cancel));
    }

    private static async Task<Results<Ok<FoundRate>, ProblemHttpResult>> On(
        FindRates rates, string? from, string? to, [Description("Such as 2026-11-02")] string? date, string? type, CancellationToken cancel)
    {
        var asked = new Asked();
        var (source, target, day) = (asked.Currency("from", from), asked.Currency("to", to), asked.Day("date", date, needed: true));
        if (type is { Length: > 0 } && !ExchangeRate.IsType(type)) asked.Wrong("type", "Small letters, digits and dashes, such as spot.");
        if (asked.Problem is { } problem) return problem;
        return await rates.On(source!, target!, day!.Value, string.IsNullOrEmpty(type) ? null : type, cancel) switch
        {
            RateAnswer.Found found => TypedResults.Ok(new FoundRate(source!.Code, target!.Code, day.Value, found.Rate.Shown, found.Rate.Path)),
            RateAnswer.Missing missing => Problems.Of(404, missing.Finding.Code, "There is no such rate.", $"{missing.Finding.Cause} {missing.Finding.Remedy}"),
            var other => throw new InvalidOperationException($"No answer for {other}."),
        };
    }

    private static async Task<Results<Ok<EnteredRates>, ProblemHttpResult>> Enter(
        EnterRates enter, [FromBody] RatesRequestBody request, CancellationToken cancel)
    {
        if (Wrong(request) is { Count: > 0 } errors) return Problems.BadFields("bad-exchange-rates", "These rates cannot be taken.", errors);
        var entered = await enter.Run(request.Rates, request.Correction?.Trim() ?? "", request.Actor.Trim(), cancel);
        if (entered.Refused < entered.Received) return TypedResults.Ok(entered);
        // Not one was taken: that is no success, however many were sent.
        var fields = entered.Rows.ToDictionary(
            row => string.Create(CultureInfo.InvariantCulture, $"rates[{row.Place - 1}].{row.Field}"),
            row => new[] { $"{row.Reason} {row.Remedy}" }, StringComparer.Ordinal);
        return entered.Rows.All(row => row.Code == "rate-differs")
            ? Problems.Of(409, "rate-differs", "Other figures stand under these keys.", string.Join(' ', fields.Values.SelectMany(texts => texts)), fields)
            : Problems.BadFields("bad-exchange-rates", "These rates cannot be taken.", fields);
    }

    private static Dictionary<string, string[]> Wrong(RatesRequestBody request)
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        if (request.Rates.Count is 0 or > RatesMost)
            errors["rates"] = [string.Create(CultureInfo.InvariantCulture, $"1 to {RatesMost} rates; import a file for more.")];
        for (var index = 0; index < request.Rates.Count; index++)
            if (request.Rates[index] is null)
                errors[string.Create(CultureInfo.InvariantCulture, $"rates[{index}]")] =
                    ["There is no rate here. Give base, quote, date and rate, or leave the entry out."];
        if (string.IsNullOrWhiteSpace(request.Actor) || request.Actor.Length > 100) errors["actor"] = ["Your name, at most 100 characters."];
        if (request.Correction?.Length > ReasonMost) errors["correction"] = ["A reason of at most 1000 characters."];
        return errors;
    }
}
