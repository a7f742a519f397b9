using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Tieout.Application.Invoicing.Drafts;

namespace Tieout.Api.Endpoints;

/// <summary>Drafts of invoices.</summary>
internal sealed record DraftList(IReadOnlyList<InvoiceDraft> Rows);

/// <summary>Who makes it final.</summary>
internal sealed record FinaliseRequest(string? Actor = null);

internal static class DraftEndpoints
{
    public static void MapDrafts(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/v1/invoice-drafts").WithTags("Drafts");
        Describe(group.MapPost("", Make), "draftInvoices").WithSummary("Draws up, or refreshes, the drafts of an account as of a day. Nothing is booked.");
        group.MapGet("", List).WithName("listDrafts").ProducesProblem(400).WithSummary("Drafts, the newest first; of an account, in a state.");
        group.MapGet("{id:guid}", One).WithName("readDraft").ProducesProblem(404).WithSummary("One draft with its lines and how they came about.");
        Describe(group.MapPatch("{id:guid}", Edit), "editDraft").WithSummary("Writes an open draft's order number or note.");
        Describe(group.MapPost("{id:guid}/finalise", Finalise), "finaliseDraft")
            .WithSummary("Bills the account as of the draft's day; refused with draft-changed when that is not what its drafts show.");
        Describe(group.MapDelete("{id:guid}", Drop), "dropDraft").WithSummary("Drops an open draft.");
    }

    private static RouteHandlerBuilder Describe(RouteHandlerBuilder endpoint, string name) =>
        endpoint.WithName(name).ProducesProblem(400).ProducesProblem(404).ProducesProblem(409);

    private static async Task<Results<Ok<DraftList>, ProblemHttpResult>> Make(DraftInvoices drafts, [FromBody] DraftRequest request, CancellationToken cancel) =>
        await drafts.Make(request, cancel) switch
        {
            DraftOutcome.NotFound missing => Problems.NotFound("account", $"{missing.Words} Correct it."),
            var outcome => Many(outcome),
        };

    private static async Task<Results<Ok<DraftList>, ProblemHttpResult>> List(DraftInvoices drafts, string? account, string? state, CancellationToken cancel)
    {
        DraftState? wanted = null;
        foreach (var known in Enum.GetValues<DraftState>())
            if (Domain.Words.Of(known) == state) wanted = known;
        return wanted is null && !string.IsNullOrEmpty(state)
            ? Problems.BadFields("bad-request", "The request cannot be read.", new Dictionary<string, string[]>(StringComparer.Ordinal)
            {
                ["state"] = [$"Is not one of {string.Join(", ", Enum.GetValues<DraftState>().Select(known => Domain.Words.Of(known)))}."],
            })
            : TypedResults.Ok(new DraftList(await drafts.List(account, wanted, cancel)));
    }

    private static async Task<Results<Ok<InvoiceDraft>, ProblemHttpResult>> One(DraftInvoices drafts, Guid id, CancellationToken cancel) =>
        await drafts.Find(id, cancel) is { } draft ? TypedResults.Ok(draft) : Problems.NotFound("No draft has this id.");

    private static async Task<Results<Ok<InvoiceDraft>, ProblemHttpResult>> Edit(
        DraftInvoices drafts, Guid id, [FromBody] DraftEdit edit, CancellationToken cancel) => Single(await drafts.Edit(id, edit, cancel));

    private static async Task<Results<Ok<DraftList>, ProblemHttpResult>> Finalise(
        FinaliseDraft finalise, Guid id, [FromBody] FinaliseRequest request, CancellationToken cancel) => Many(await finalise.Run(id, request.Actor, cancel));

    private static async Task<Results<Ok<InvoiceDraft>, ProblemHttpResult>> Drop(DraftInvoices drafts, Guid id, string? actor, CancellationToken cancel) =>
        Single(await drafts.Drop(id, actor, cancel));

    private static Results<Ok<DraftList>, ProblemHttpResult> Many(DraftOutcome outcome) =>
        outcome is DraftOutcome.Done done ? TypedResults.Ok(new DraftList(done.Drafts)) : Problem(outcome);

    private static Results<Ok<InvoiceDraft>, ProblemHttpResult> Single(DraftOutcome outcome) =>
        outcome is DraftOutcome.Done done ? TypedResults.Ok(done.Drafts.Single()) : Problem(outcome);

    private static ProblemHttpResult Problem(DraftOutcome outcome) => outcome switch
    {
        DraftOutcome.Unreadable bad => Problems.BadFields("bad-request", "The request cannot be read.",
            new Dictionary<string, string[]>(bad.Errors, StringComparer.Ordinal)),
        DraftOutcome.NotFound missing => Problems.NotFound(missing.Words),
        DraftOutcome.Refused no => Given.Refused(no.Field, no.Code, no.Reason, no.Remedy),
        _ => throw new InvalidOperationException($"No problem for {outcome}."),
    };
}
