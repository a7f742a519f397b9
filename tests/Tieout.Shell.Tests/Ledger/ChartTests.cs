using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Npgsql;
using Tieout.Application.Intake;
using Tieout.Application.Ledger;
using Tieout.Application.Settings;
using Tieout.Domain.Ledger;
using Tieout.Shell.Tests.Api;
using Tieout.Shell.Tests.Database;
using Tieout.Shell.Tests.Payments;

namespace Tieout.Shell.Tests.Ledger;

/// <summary>What a legal entity calls its accounts.</summary>
public sealed class ChartTests(PostgresFixture postgres)
{
    private const string Books =
        """
        legal-entities:
          - code: US
            name: Sample Inc.
            currency: USD
            country: US
            series: US
            chart:
              receivable: {number: "1400", name: Forderungen}
              revenue: {number: A8}
        """;

    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task A_name_by_api_stands_in_the_trial_balance_and_every_change_is_kept()
    {
        var books = await CashDesk.TwoInvoices(postgres);
        await using var host = await ApiHost.Over(books, TimeProvider.System);
        foreach (var name in new[] { "Forderungen", "Debitoren", "Debitoren" })
            (await Rename(host, "receivable", new { entity = "US", number = "1400", name, actor = "mara", reason = "SKR03" })).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await books.Scalar<long>("select count(*) from ledger.chart_change")).ShouldBe(2);
        var sheet = await host.Client.GetFromJsonAsync<JsonElement>("/v1/ledger/trial-balance?entity=US&month=2026-12");
        var line = sheet.GetProperty("lines").EnumerateArray().Single(item => item.GetProperty("account").GetString() == "receivable");
        (line.GetProperty("number").GetString(), line.GetProperty("name").GetString()).ShouldBe(("1400", "Debitoren"));
        (await Numbers(books, "DE")).ShouldBe(ChartOfAccounts.Default.Accounts.Select(account => account.Number));
    }

    [Theory]
    [InlineData("receivable", """{"entity":"US","number":"2200","actor":"mara","reason":"r"}""", 409, "number-taken", "number")]
    [InlineData("receivable", """{"entity":"US","number":"12-00","actor":"mara","reason":"r"}""", 400, "bad-number", "number")]
    [InlineData("receivable", """{"entity":"US","number":"4111111111111111","actor":"mara","reason":"r"}""", 400, "bad-number", "number")]
    [InlineData("receivable", """{"entity":"US","name":"","actor":"mara","reason":"r"}""", 400, "bad-name", "name")]
    [InlineData("receivable", """{"entity":"US","name":"card 4111 1111 1111 1111","actor":"mara","reason":"r"}""", 400, "bad-name", "name")]
    [InlineData("receivable", """{"entity":"US","actor":"mara","reason":"r"}""", 400, "nothing-wished", "number")]
    [InlineData("receivable", """{"entity":"XX","name":"N","actor":"mara","reason":"r"}""", 404, "unknown-entity", "entity")]
    [InlineData("goodwill", """{"entity":"US","name":"N","actor":"mara","reason":"r"}""", 404, "unknown-account", "account")]
    [InlineData("receivable", """{"entity":"US","name":"N","actor":"","reason":"r"}""", 400, "bad-request", "actor")]
    [InlineData("receivable", """{"entity":"US","name":"N","actor":"mara","reason":"card 4111111111111111"}""", 400, "bad-request", "reason")]
    public async Task What_no_account_can_be_called_is_refused_and_nothing_is_kept(string account, string document, int status, string code, string field)
    {
        var books = await postgres.CreateDatabase();
        await SampleData.Subscriptions(books.Source, 1);
        await using var host = await ApiHost.Over(books, TimeProvider.System);
        using var answer = await Rename(host, account, JsonSerializer.Deserialize<JsonElement>(document));
        var text = await answer.Content.ReadAsStringAsync();
        var problem = JsonDocument.Parse(text).RootElement;
        ((int)answer.StatusCode, problem.GetProperty("code").GetString()).ShouldBe((status, code), text);
        problem.GetProperty("errors").EnumerateObject().Select(error => error.Name).ShouldContain(field);
        text.ShouldNotContain("4111");
        (await books.Scalar<long>("select count(*) from ledger.chart_change")).ShouldBe(0);
    }

    [Fact]
    public async Task The_books_file_names_accounts_and_may_exchange_their_numbers()
    {
        await using var books = await postgres.CreateDatabase();
        (await SetUp(books, Books)).ShouldBeOfType<BooksOutcome.Done>().ChartAccounts.ShouldBe(2);
        (await SetUp(books, Books)).ShouldBeOfType<BooksOutcome.Done>().ChartAccounts.ShouldBe(0);
        (await SetUp(books, Books.Replace("{number: A8}", "{number: B}", StringComparison.Ordinal).Replace("\"1400\"", "A8", StringComparison.Ordinal)
            .Replace("{number: B}", "{number: \"1400\"}", StringComparison.Ordinal)))
            .ShouldBeOfType<BooksOutcome.Done>().ChartAccounts.ShouldBe(2);
        (await new Charts(books.Source).Read("US", None)).ShouldBeOfType<LedgerAnswer.Chart>().Accounts
            .Where(account => account.Number is "1400" or "A8").Select(account => (account.Number, account.Account)).ShouldBe([("1400", "revenue"), ("A8", "receivable")]);
    }

    [Theory]
    [InlineData("receivable: {number: \"1400\"", "goodwill: {number: \"1400\"", "goodwill")]
    [InlineData("\"1400\"", "\"14.00\"", "letters and digits")]
    [InlineData("number: A8", "nummer: A8", "unknown key")]
    public void A_chart_that_cannot_be_meant_is_told_with_its_place(string from, string to, string told)
    {
        var trouble = Should.Throw<SettingsException>(() => BooksFile.Of(SettingsNode.Parse("books.yaml", new StringReader(Books.Replace(from, to, StringComparison.Ordinal)))));
        trouble.Message.ShouldContain(told);
        trouble.Message.ShouldContain("chart");
    }

    [Fact]
    public async Task A_number_that_another_account_has_refuses_the_whole_file()
    {
        await using var books = await postgres.CreateDatabase();
        (await SetUp(books, Books.Replace("A8", "\"2200\"", StringComparison.Ordinal))).ShouldBeOfType<BooksOutcome.Refused>()
            .Problems.ShouldHaveSingleItem().ShouldContain("2200 is the number of tax");
        (await books.Scalar<long>("select count(*) from customers.legal_entity")).ShouldBe(0);
    }

    [Theory]
    [InlineData("insert into ledger.chart_change select gen_random_uuid(), 1, legal_entity_id, 'tax', number, 'x', 'a', 'r' from ledger.chart_change", "chart_number_once")]
    [InlineData("update ledger.chart_change set name = 'x'", "booked_is_booked")]
    [InlineData("insert into ledger.chart_change select gen_random_uuid(), 1, legal_entity_id, 'tax', '1-2', 'x', 'a', 'r' from ledger.chart_change", "chart_change_number_check")]
    public async Task The_database_holds_it_as_well(string statement, string constraint)
    {
        await using var books = await postgres.CreateDatabase();
        await SetUp(books, Books.Replace("\n      revenue: {number: A8}", "", StringComparison.Ordinal));
        (await Should.ThrowAsync<PostgresException>(() => books.Execute(statement))).ConstraintName.ShouldBe(constraint);
    }

    private static Task<HttpResponseMessage> Rename<T>(ApiHost host, string account, T document) =>
        host.Client.PatchAsJsonAsync($"/v1/ledger/chart/{account}", document);

    private static Task<BooksOutcome> SetUp(TestDatabase books, string text) =>
        new SetUpBooks(books.Source).Run(BooksFile.Of(SettingsNode.Parse("books.yaml", new StringReader(text))), None);

    private static async Task<IEnumerable<string>> Numbers(TestDatabase books, string entity) =>
        (await new Charts(books.Source).Read(entity, None)).ShouldBeOfType<LedgerAnswer.Chart>().Accounts.Select(account => account.Number);
}
