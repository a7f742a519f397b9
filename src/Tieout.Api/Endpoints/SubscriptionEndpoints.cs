using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Tieout.Application.Subscriptions;
using Tieout.Domain.Intake;
using Tieout.Domain.Subscriptions;

namespace Tieout.Api.Endpoints;

/// <summary>What to preview: a new subscription, or an amendment of one that stands.</summary>
internal sealed record PreviewRequest
{
    /// <summary>Code of the subscription to amend; together with <see cref="Amendment"/>.</summary>
    public string? Subscription { get; init; }

    /// <summary>The amendment.</summary>
    public AmendmentRequest? Amendment { get; init; }

    /// <summary>The new subscription; alone.</summary>
    public SubscriptionRequest? Create { get; init; }
}

internal static class SubscriptionEndpoints
{
    private const string Key = "Idempotency-Key";
    private const string KeyMeaning = "Chosen by you, at most 200 characters. The same key with the same content gets the first answer again.";
    private const int KeyMost = 200;

    public static void MapSubscriptions(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/v1/subscriptions").WithTags("Subscriptions");
        group.MapPost("", Create).WithName("createSubscription").ProducesProblem(400).ProducesProblem(409)
            .WithSummary("Creates a subscription.");
        group.MapGet("{code}", One).WithName("readSubscription").ProducesProblem(404)
            .WithSummary("Its state today, its timeline and all its amendments.");
        group.MapPost("{code}/amendments", Amend).WithName("amendSubscription").ProducesProblem(400).ProducesProblem(404).ProducesProblem(409)
            .WithSummary("Records an amendment, from today, from a past or future day, or at the end of the period or term.");
        group.MapPost("preview", Preview).WithName("previewSubscription").ProducesProblem(400).ProducesProblem(404).ProducesProblem(409)
            .WithSummary("What an amendment or a new subscription would change, and what would fall due before and after; nothing is written.");
    }

    private static async Task<Results<Created<AmendmentAnswer>, Ok<AmendmentAnswer>, ProblemHttpResult>> Create(
        CreateSubscription create, [FromHeader(Name = Key), Description(KeyMeaning)] string? key, [FromBody] SubscriptionRequest request,
        CancellationToken cancel)
    {
        if (BadKey(key) is { } bad) return bad;
        var outcome = await create.Run(request, key, cancel);
        return outcome is AmendmentOutcome.Done(var answer, var again)
            ? again ? TypedResults.Ok(answer) : TypedResults.Created($"/v1/subscriptions/{Uri.EscapeDataString(answer.Subscription)}", answer)
            : Problem(outcome);
    }

    private static async Task<Results<Ok<SubscriptionDetail>, ProblemHttpResult>> One(SubscriptionHistory history, string code, CancellationToken cancel) =>
        await history.Run(code, cancel) is { } found ? TypedResults.Ok(found) : Unknown(code);

    private static async Task<Results<Created<AmendmentAnswer>, Ok<AmendmentAnswer>, ProblemHttpResult>> Amend(
        AmendSubscription amend, string code, [FromHeader(Name = Key), Description(KeyMeaning)] string? key, [FromBody] AmendmentRequest request,
        CancellationToken cancel)
    {
        if (BadKey(key) is { } bad) return bad;
        var outcome = await amend.Run(code, request, key, cancel);
        return outcome is AmendmentOutcome.Done(var answer, var again)
            ? again ? TypedResults.Ok(answer) : TypedResults.Created($"/v1/subscriptions/{Uri.EscapeDataString(answer.Subscription)}", answer)
            : Problem(outcome);
    }

    private static async Task<Results<Ok<SubscriptionPreview>, ProblemHttpResult>> Preview(
        PreviewSubscription preview, [FromBody] PreviewRequest request, CancellationToken cancel)
    {
        var outcome = request switch
        {
            { Create: { } create, Amendment: null, Subscription: null } => await preview.Create(create, cancel),
            { Create: null, Amendment: { } amendment, Subscription: { Length: > 0 } code } => await preview.Amend(code, amendment, cancel),
            _ => null,
        };
        return outcome switch
        {
            null => Problems.BadFields("bad-preview", "It is not clear what to preview.", new Dictionary<string, string[]>(StringComparer.Ordinal)
            {
                ["subscription"] = ["Give a subscription with an amendment, or create alone."],
            }),
            PreviewOutcome.Done done => TypedResults.Ok(done.Preview),
            PreviewOutcome.Not not => Problem(not.Outcome),
            _ => throw new InvalidOperationException($"No answer for {outcome}."),
        };
    }

    private static ProblemHttpResult Unknown(string code) =>
        Problems.NotFound(FieldRules.OfText(code) is null ? $"No subscription has the code {code}." : "No subscription has this code.");

    internal static ProblemHttpResult Problem(AmendmentOutcome outcome) => outcome switch
    {
        AmendmentOutcome.Unreadable unreadable => Problems.BadFields(
            "bad-request", "The request cannot be read.", new Dictionary<string, string[]>(unreadable.Errors, StringComparer.Ordinal)),
        AmendmentOutcome.NotFound missing => Unknown(missing.Code),
        AmendmentOutcome.Refused { Refusal: var refusal } => Problems.Of(
            409, refusal.Code, "The amendment is not possible.", $"{refusal.Reason} {refusal.Remedy}",
            new Dictionary<string, string[]>(StringComparer.Ordinal) { [refusal.Field] = [$"{refusal.Reason} {refusal.Remedy}"] }),
        AmendmentOutcome.KeyReused reused => Problems.Conflict(
            "key-reused", "This key was used for something else.",
            $"Nothing was written. It stands for: {reused.Earlier.Words} of {reused.Earlier.Subscription}. Take another key.", "idempotency-key"),
        AmendmentOutcome.CodeTaken taken => Problems.Conflict(
            "code-taken", "Another subscription has this code.", $"{taken.Code} stands already. Choose another code, or amend that subscription.", "code"),
        _ => throw new InvalidOperationException($"No problem for {outcome}."),
    };

    // A retry that nobody can tell from a second order would be one.
    private static ProblemHttpResult? BadKey(string? key) =>
        string.IsNullOrWhiteSpace(key) ? BadKey("key-needed", "A key is needed.", $"Send a header {Key} of your own choice; send it again when you retry.")
        : key.Length > KeyMost || CardNumber.IsIn(key) || key.Any(char.IsControl)
            ? BadKey("bad-key", "This key cannot be taken.", $"At most {KeyMost} visible characters, and no card number.")
            : null;

    private static ProblemHttpResult BadKey(string code, string title, string detail) => Problems.Of(
        400, code, title, detail, new Dictionary<string, string[]>(StringComparer.Ordinal) { ["idempotency-key"] = [detail] });
}
