using System.Text.RegularExpressions;
using Tieout.Shell.Tests.Api;
using Tieout.Shell.Tests.Database;
using Tieout.Shell.Tests.Kills;

namespace Tieout.Shell.Tests.Cli;

/// <summary>
/// What nobody can mean, at the command line and in the files it takes: the program says which field, why and what to do, ends with the
/// code that scripts look at, and writes nothing but the row's own refusal.
/// </summary>
public sealed class BadCommandTests(RefusingHost host) : IClassFixture<RefusingHost>
{
    // One line each: the call (a {name} is a file of the table below), its exit code, and words that have to be said.
    private const string Calls =
        """
        charge add C-1 --price=-1 --description=x | 1 | unitPrice; below zero; Give
        charge add C-1 --price=NaN --description=x | 1 | unitPrice; not a plain number; Write digits
        charge add C-1 --price=9999999999999999 --quantity=9999999999999999 --description=x | 1 | unitPrice; more than; give at most
        charge add C-1 --price=1 --on=2026-10-31 --description=x | 1 | on; billed elsewhere; Give that day
        charge add C-0 --price=1 --description=x | 1 | billing account
        credit US-2026-0000001 --amount=NaN --reason=x | 1 | NaN; such as
        credit US-2026-0000001 --amount=-1 --reason=x | 1 | -1; such as
        credit US-2026-0000001 --amount=1.005 --reason=x | 1 | amount; minor units; no more decimals
        credit US-2026-0000001 --amount=1000000 --reason=x | 1 | amount; more than; at most
        void US-2026-0000001 --reason=x --on=2026-10-31 | 1 | on; 2026-11-01; or later
        write-off US-2026-0000001 --amount=-1 --reason=x | 1 | -1; such as
        preview C-1 --on=2026-02-30 | 1 | on; not a date; Write a day
        preview C-1 --date=2026-02-30 | 1 | on; not a date; Write a day
        preview C-0 | 1 | C-0
        draft make C-1 --on=soon | 1 | on; not a date; Write a day
        subscription amend C-1 --kind=change-quantity --component=base --quantity=-1 --reason=x | 1 | quantity; below zero; Give
        subscription amend C-1 --kind=change-quantity --component=base --quantity=1e15 --reason=x | 1 | quantity; not a plain number; Write digits
        subscription amend C-1 --kind=cancel --effective=2025-12-31 --reason=x | 1 | effective; starts on 2026-01-01; Choose
        usage zone C-1 Europe/Atlantis | 1 | Europe/Atlantis; look like
        rates on EUR XXX 2026-11-02 | 1 | XXX; such as
        tax check DE136695977 | 3 | check digits; compare
        bill 2026-13 | 1 | 2026-13; write
        posting list --state=lost | 1 | --state; lost; in-doubt
        posting list --kind=cheque | 1 | --kind; cheque; credit-memo
        posting list --month=2026-13 | 1 | --month; 2026-13; look like
        posting list --limit=0 | 1 | --limit; 200
        posting list --after=x | 1 | --after; page before
        confirmation list --treatment=read | 1 | --treatment; malformed
        confirmation list --limit=201 | 1 | --limit; 200
        close US 2026-13 --reason=x | 1 | 2026-13; 2026-
        rate {rate.json} | 2 | quantity; price.currency; tiers[0].unit-price; Write
        rates import {rates.csv} | 3 | rate; below zero; zero; quote; ISO 4217; not a date; Give; Write
        usage import {usage.jsonl} | 3 | below zero; not a plain number; too large; No subscription; in force from; Write; Correct
        usage import {usage.csv} --source=log --type=call --subject=C-1 | 3 | below zero; not a plain number; with an exponent; Write
        import {rows.csv} --mapping={mapping.yaml} | 3 | price; below zero; not a plain number; start; not a date; 13 decimals; Write
        import {rows.csv} --mapping={bad-mapping.yaml} | 1 | subscripton
        setup {gap.yaml} | 1 | tiers[2].from; have no price; write that
        setup {overlap.yaml} | 1 | tiers[2].from; begins within; write that
        setup {nan.yaml} | 1 | unit-price; not a plain number; Write digits
        setup {currency.yaml} | 1 | currency; ISO 4217; Write three capital letters
        tax import {vat.json} | 3 | DE
        """;

    private static readonly Dictionary<string, string> Files = new(StringComparer.Ordinal)
    {
        ["rate.json"] = """{"price":{"currency":"XXX","model":{"type":"graduated","tiers":[{"up-to":"10","unit-price":"NaN"},{"unit-price":"1"}]}},"quantity":"-1"}""",
        ["rates.csv"] = "date,base,quote,rate\n2026-11-02,EUR,USD,-1\n2026-11-02,EUR,USD,0\n2026-11-02,EUR,XXX,1\n2026-13-02,EUR,USD,1\n2026-11-02,EUR,USD,NaN\n",
        ["usage.jsonl"] = string.Join('\n', Event("1", "C-1", "2026-11-01", "-5"), Event("2", "C-1", "2026-11-01", "\"NaN\""),
            Event("3", "C-1", "2026-11-01", "99999999999999999"), Event("4", "S-0", "2026-11-01", "1"), Event("5", "C-1", "2025-11-01", "1")),
        ["usage.csv"] = "time,n\n2026-11-01T10:00:00Z,-5\n2026-11-01T10:00:00Z,NaN\n2026-11-01T10:00:00Z,\"1,000\"\n2026-11-01T10:00:00Z,1e5\n",
        ["rows.csv"] = "id,price,start\nN1,-1,2026-11-01\nN2,NaN,2026-11-01\nN3,1,2026-02-30\nN4,0.0000000000001,2026-11-01\n",
        ["mapping.yaml"] = Mapping("subscription"),
        ["bad-mapping.yaml"] = Mapping("subscripton"),
        ["gap.yaml"] = Plan("USD", "{up-to: 100, unit-price: 1}, {from: 101, unit-price: 2}"),
        ["overlap.yaml"] = Plan("USD", "{up-to: 100, unit-price: 1}, {from: 99, unit-price: 2}"),
        ["nan.yaml"] = Plan("USD", "{up-to: 100, unit-price: NaN}, {unit-price: 2}"),
        ["currency.yaml"] = Plan("XXX", "{up-to: 100, unit-price: 1}, {unit-price: 2}"),
        ["vat.json"] = """{"items":{"DE":[{"effective_from":"2026-02-30","rates":{"standard":19}},{"effective_from":"2021-01-01","rates":{"standard":-1}}]}}""",
    };

    [Fact]
    public async Task Bad_calls_and_files_are_told_with_field_reason_and_remedy_and_nothing_is_written()
    {
        using var folder = new TemporaryFolder();
        foreach (var (name, text) in Files) await File.WriteAllTextAsync(folder[name], text, TestContext.Current.CancellationToken);
        var before = await Written();
        List<string> wrong = [];
        await Parallel.ForEachAsync(
            Calls.Split('\n').Select(line => line.Split(" | ", StringSplitOptions.TrimEntries)), new ParallelOptions { MaxDegreeOfParallelism = 3 }, async (row, _) =>
            {
                var arguments = row[0].Split(' ').Select(part => Named(part, folder)).ToArray();
                using var process = TieoutProcess.Start([.. arguments, "--database", host.Books.ConnectionString]);
                var exit = await process.Ended();
                // A table breaks long texts over its lines.
                var said = string.Join(' ', process.Said.Split([' ', '\n', '\r', '│', '|'], StringSplitOptions.RemoveEmptyEntries));
                var missing = row[2].Split("; ").Where(words => !said.Contains(words, StringComparison.OrdinalIgnoreCase)).ToList();
                if (exit.ToString(System.Globalization.CultureInfo.InvariantCulture) == row[1] && missing.Count == 0 && !said.Contains("Failed:", StringComparison.Ordinal)) return;
                lock (wrong) wrong.Add($"{row[0]}: exit {exit}, not said: {string.Join(", ", missing)}\n{process.Said}");
            });
        if (wrong.Count > 0) Assert.Fail(string.Join('\n', wrong));
        (await Written()).ShouldBe(before);
    }

    // Runs and refused rows are written down: that is how they are listed.
    private async Task<IReadOnlyList<string>> Written() =>
        [.. (await host.RowsOfAllTables()).Where(table => !Regex.IsMatch(table, "^(runs|intake)\\.|^usage\\.(batch|refused|import)", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)))];

    private static string Named(string part, TemporaryFolder folder) =>
        part.IndexOf('{', StringComparison.Ordinal) is var from && from < 0 ? part : part[..from] + folder[part[(from + 1)..^1]];

    private static string Event(string id, string subject, string day, string n) =>
        $$$"""{"specversion":"1.0","id":"{{{id}}}","source":"/gate","type":"call","subject":"{{{subject}}}","time":"{{{day}}}T10:00:00Z","data":{"n":{{{n}}}}}""";

    private static string Mapping(string subscription) =>
        $$$"""
        customer: {code: {column: id}, name: {column: id}, country: US}
        account: {code: {column: id}, legal-entity: US, tax-code: US-CA}
        {{{subscription}}}: {code: {column: id}, plan: basic, start: {column: start}}
        components:
          - {component: base, agreed-price: {column: price}}
        """;

    private static string Plan(string currency, string tiers) =>
        $$$"""
        plans:
          - code: NEW
            name: New
            prices:
              - {component: base, currency: {{{currency}}}, recognition: immediate, description: Base, model: {type: graduated, tiers: [{{{tiers}}}]}}
        """;
}
