using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Tieout.Api.Endpoints;
using Tieout.Application.Accounts;
using Tieout.Application.Banks;
using Tieout.Application.Catalog;
using Tieout.Application.Closing;
using Tieout.Application.Confirmations;
using Tieout.Application.Credits;
using Tieout.Application.Documents;
using Tieout.Application.Dunning;
using Tieout.Application.Exceptions;
using Tieout.Application.Exchange;
using Tieout.Application.Gateways;
using Tieout.Application.Invoicing;
using Tieout.Application.Invoicing.Drafts;
using Tieout.Application.Journals;
using Tieout.Application.Ledger;
using Tieout.Application.Mapping;
using Tieout.Application.Payments;
using Tieout.Application.Posting;
using Tieout.Application.Posting.Lanes;
using Tieout.Application.Revenue;
using Tieout.Application.Statements;
using Tieout.Application.Subscriptions;
using Tieout.Application.Tax;
using Tieout.Application.Usage;
using Tieout.Application.Views;
using Tieout.Application.Webhooks;

namespace Tieout.Api;

/// <summary>The HTTP host: the API under <c>/v1</c>, its description, and the control tower's pages.</summary>
public static class TieoutApi
{
    // The largest request is a plan with long lists of tiers; that is as much as a person writes.
    private const long RequestBytesMost = 64 * 1024;

    /// <summary>Builds the host; the caller starts and stops it.</summary>
    /// <param name="database">Its schema must be up to date. The caller keeps owning it.</param>
    /// <param name="url">Where to listen, such as <c>http://127.0.0.1:8130</c>; port 0 picks a free one. This machine only.</param>
    /// <param name="clock">For ages and for what is written.</param>
    /// <param name="engines">Tax engines that previews and drafts ask; null for none. The caller keeps owning them.</param>
    /// <param name="targets">ERPs that dry runs ask and whose confirmations are taken; null for none. The caller keeps owning them.</param>
    /// <param name="gateways">Payment gateways that may call; null for none.</param>
    /// <exception cref="ArgumentException">The URL is not one of this machine.</exception>
    public static WebApplication Build(
        NpgsqlDataSource database, string url, TimeProvider clock, TaxRoutes? engines = null, IReadOnlyList<DeliveryTarget>? targets = null,
        IReadOnlyList<GatewaySettings>? gateways = null)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || !address.IsLoopback)
            throw new ArgumentException($"'{url}' is not an address of this machine; use http://127.0.0.1 with a port.", nameof(url));
        // Pages lie beside the program, wherever it is started from.
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseUrls(url);
        builder.WebHost.ConfigureKestrel(server =>
        {
            server.AddServerHeader = false;
            server.Limits.MaxRequestBodySize = RequestBytesMost;
        });
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        // A start that fails is thrown to whoever starts, who tells it in words; its trace on the screen helps nobody.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        AddServices(builder.Services, database, clock, engines ?? TaxRoutes.None, targets ?? []);
        builder.Services.AddSingleton(new GatewayDoors(gateways ?? []));
        var app = builder.Build();
        app.Use(next => http => Guard.Check(http, next));
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            StatusCodeSelector = trouble => trouble is BadHttpRequestException bad ? bad.StatusCode : StatusCodes.Status500InternalServerError,
            // What somebody sent is their trouble; our log is for ours.
            SuppressDiagnosticsCallback = context => context.Exception is BadHttpRequestException,
        });
        app.UseStatusCodePages();
        app.Use(next => http => app.Services.GetRequiredService<KnownQuery>().Check(http, next));
        app.UseTower();
        MapEverything(app);
        return app;
    }

    private static void AddServices(
        IServiceCollection services, NpgsqlDataSource database, TimeProvider clock, TaxRoutes engines, IReadOnlyList<DeliveryTarget> targets)
    {
        // So that a request that does not fit is told like all others, with its fields; see Complete.
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.ConfigureHttpJsonOptions(options => Json.Configure(options.SerializerOptions));
        services.AddProblemDetails(options => options.CustomizeProblemDetails = Complete);
        services.AddDescription();
        services.AddSingleton<KnownQuery>();
        services.AddSingleton(database);
        services.AddSingleton(clock);
        services.AddSingleton(engines);
        AddPosting(services, database, targets);
        AddBooks(services);
        services.AddSingleton<ReadRuns>();
        services.AddSingleton<ReadOverview>();
        services.AddSingleton<FindExceptions>();
        services.AddSingleton<WaitingAccounts>();
        services.AddSingleton<FindInvoices>();
        services.AddSingleton<LoadInvoiceDocument>();
        services.AddSingleton(_ => PdfPrinter.OfThisMachine());
        services.AddSingleton<DrawInvoice>();
        services.AddSingleton<PreviewInvoice>();
        services.AddSingleton<DraftInvoices>();
        services.AddSingleton<FinaliseDraft>();
        services.AddSingleton<AccountCharges>();
        services.AddSingleton<AccountSettings>();
        services.AddSingleton<AccountDiscounts>();
        services.AddSingleton<CustomerLevels>();
        services.AddSingleton<CreditInvoice>();
        services.AddSingleton<WriteOffInvoice>();
        services.AddSingleton<CloseBooks>();
        services.AddSingleton<ReopenBooks>();
        services.AddSingleton<RevalueMonth>();
        services.AddSingleton<SignMonth>();
        services.AddSingleton<SetLateArrivals>();
        services.AddSingleton<ReadMonths>();
        services.AddSingleton<ReadTimeline>();
        services.AddSingleton<ReadGrants>();
        services.AddSingleton<TaxProfiles>();
        services.AddSingleton<FindRates>();
        services.AddSingleton<EnterRates>();
        services.AddSingleton<ReadPlans>();
        services.AddSingleton<ChangePlan>();
        services.AddSingleton<DiscountBook>();
        services.AddSingleton<GrantCredit>();
        services.AddSingleton<UsageIntake>();
        services.AddSingleton<Meters>();
        services.AddSingleton<FindUsage>();
        services.AddSingleton<CreateSubscription>();
        services.AddSingleton<AmendSubscription>();
        services.AddSingleton<SubscriptionHistory>();
        services.AddSingleton<PreviewSubscription>();
        services.AddSingleton<WebhookEndpoints>();
        services.AddSingleton<RotateSecret>();
        services.AddSingleton<SendTest>();
        services.AddSingleton<WebhookDeliveries>();
        services.AddSingleton<ReplayDelivery>();
        services.AddSingleton<ReplayRange>();
        var json = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        Json.Configure(json);
        services.AddSingleton(json);
        services.AddSingleton<LiveFeed>();
    }

    // Cash, entries by hand, and what is asked of the ledger.
    private static void AddBooks(IServiceCollection services)
    {
        services.AddSingleton<BookJournal>();
        services.AddSingleton<ReverseEntry>();
        services.AddSingleton<FindJournals>();
        services.AddSingleton<RecordPayment>();
        services.AddSingleton<MovePayment>();
        services.AddSingleton<RefundMoney>();
        services.AddSingleton<DisputeMoney>();
        services.AddSingleton<SettleDispute>();
        services.AddSingleton<FindPayments>();
        services.AddSingleton<SetPaymentRules>();
        services.AddSingleton<FindBankAccounts>();
        services.AddSingleton<AddBankAccount>();
        services.AddSingleton<CloseBankAccount>();
        services.AddSingleton<ImportStatement>();
        services.AddSingleton<DecideLine>();
        services.AddSingleton<FindLines>();
        services.AddSingleton<Payers>();
        services.AddSingleton<TakeGatewayEvent>();
        services.AddSingleton<FindGateways>();
        services.AddSingleton<FindCharges>();
        services.AddSingleton<NamePayer>();
        services.AddSingleton<RunDunning>();
        services.AddSingleton<ReadDunning>();
        services.AddSingleton<DunningPolicies>();
        services.AddSingleton<PromisePayment>();
        services.AddSingleton<HoldDunning>();
        services.AddSingleton<ReadBalances>();
        services.AddSingleton<ReadTrialBalance>();
        services.AddSingleton<ReadAccount>();
        services.AddSingleton<ReadCustomer>();
        services.AddSingleton<CheckLedger>();
        services.AddSingleton<ExportLedger>();
        services.AddSingleton<Charts>();
        services.AddSingleton<AddAccount>();
        services.AddSingleton<CloseAccount>();
        services.AddSingleton<RunRevenue>();
        services.AddSingleton<ReadWaterfall>();
        services.AddSingleton<ReadSchedules>();
        services.AddSingleton<CheckAlignment>();
        services.AddSingleton<ReadRevenueBalances>();
        services.AddSingleton<RevenuePolicies>();
        services.AddSingleton<GiveContract>();
        services.AddSingleton<ReadContracts>();
    }

    // What becomes of documents on their way, and what people do about it.
    private static void AddPosting(IServiceCollection services, NpgsqlDataSource database, IReadOnlyList<DeliveryTarget> targets)
    {
        services.AddSingleton<ReplayException>();
        services.AddSingleton<CancelPosting>();
        services.AddSingleton<GroupExceptions>();
        services.AddSingleton<WorkCase>();
        services.AddSingleton<OverrideFields>();
        services.AddSingleton<ReplayPlans>();
        services.AddSingleton<CarryOutPlan>();
        services.AddSingleton<CaseFiles>();
        services.AddSingleton(new TryCase(database, targets));
        services.AddSingleton(new ConfirmationDoors([.. targets.Select(target => target.Settings)]));
        services.AddSingleton<TakeConfirmation>();
        services.AddSingleton<FindConfirmations>();
        services.AddSingleton<ReadPostings>();
        services.AddSingleton<ReadInvoiceStatus>();
        services.AddSingleton<ReadPostingChoices>();
        services.AddSingleton<MappingVersions>();
        services.AddSingleton<ReadMappingCoverage>();
        services.AddSingleton<ReadLanes>();
        services.AddSingleton<CommandLane>();
    }

    private static void MapEverything(WebApplication app)
    {
        app.MapOpenApi("/openapi/{documentName}.json");
        app.MapHealth();
        app.MapLive();
        app.MapOverview();
        app.MapExceptions();
        app.MapCases();
        app.MapReplayPlans();
        app.MapTimeline();
        app.MapRuns();
        app.MapInvoices();
        app.MapInvoicePreviews();
        app.MapDrafts();
        app.MapCharges();
        app.MapBillingAccounts();
        app.MapInvoiceDocuments();
        app.MapCredits();
        app.MapJournals();
        app.MapCash();
        app.MapPaymentRules();
        app.MapBankAccounts();
        app.MapStatements();
        app.MapPayers();
        app.MapGateways();
        app.MapDunning();
        app.MapLegalEntities();
        app.MapBalances();
        app.MapLedger();
        app.MapOwnAccounts();
        app.MapPostings();
        app.MapConfirmations();
        app.MapLanes();
        app.MapMapping();
        app.MapTaxProfiles();
        app.MapExchangeRates();
        app.MapPlans();
        app.MapDiscounts();
        app.MapCreditGrants();
        app.MapRating();
        app.MapRevenue();
        app.MapRevenueContracts();
        app.MapMeters();
        app.MapUsage();
        app.MapSubscriptions();
        app.MapWebhookEndpoints();
        app.MapWebhookDeliveries();
    }

    // Problems that the framework or a bug made get a code like all others, and tell nothing of the inside.
    private static void Complete(ProblemDetailsContext context)
    {
        var problem = context.ProblemDetails;
        if (context.HttpContext.Features.Get<IExceptionHandlerFeature>()?.Error is BadHttpRequestException { StatusCode: StatusCodes.Status400BadRequest } bad)
        {
            var errors = UnreadableBody.Errors(bad);
            problem.Title = "The request cannot be read; nothing was changed.";
            problem.Detail = string.Join(' ', errors.Select(field => $"{field.Key}: {field.Value[0]}"));
            problem.Extensions["errors"] = errors;
        }
        if (context.HttpContext.Features.Get<IExceptionHandlerFeature>()?.Error is NpgsqlException { IsTransient: true } or { InnerException: IOException })
        {
            context.HttpContext.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            problem.Status = StatusCodes.Status503ServiceUnavailable;
            problem.Title = "The database does not answer.";
            problem.Detail = "Nothing was changed. Try again in a moment.";
        }
        problem.Extensions.TryAdd("code", Problems.CodeOf(problem.Status ?? context.HttpContext.Response.StatusCode));
    }
}
