using Npgsql;
using Tieout.Application.Invoicing.Drafts;
using Tieout.Application.Tax;
using Tieout.Application.Views;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Tax;

/// <summary>Accounts of a legal entity that a tax engine taxes, from the question to the invoice.</summary>
public sealed class TaxedByEngineTests(PostgresFixture postgres) : IAsyncLifetime
{
    private EngineBooks _books = null!;

    public async ValueTask InitializeAsync() => _books = await EngineBooks.Open(postgres);

    public ValueTask DisposeAsync() => _books.DisposeAsync();

    [Fact]
    public async Task An_invoice_carries_the_engine_s_tax_to_the_cent_and_is_committed_with_it()
    {
        (await _books.Bill()).ShouldBe(6);
        // 10.01 at 6, 0.25 and 2.25 %: 0.60 + 0.03 + 0.23. Rounded once it would be 0.85.
        (await Taxes("US")).ShouldBe("10.01 0.86 US-CA 0.085 S; 10.03 0.86 US-CA 0.085 S; 10.05 0.86 US-CA 0.085 S");
        (await Taxes("DE")).ShouldBe("10.02 1.90 DE-19 0.19 S; 10.04 1.91 DE-19 0.19 S; 10.06 1.91 DE-19 0.19 S");
        (await _books.Count("tax.quoted_invoice join invoicing.invoice on id = invoice_id where currency = 'USD'")).ShouldBe(3);
        (await _books.Database.Scalar<string>("select parts -> 2 ->> 'jurisdiction' from tax.quote_line limit 1")).ShouldBe("LA COUNTY DISTRICT");

        await _books.Commit();
        (await _books.World.Ledger()).Select(row => (row.Status, row.Tax)).ShouldBe([("Committed", 0.86m), ("Committed", 0.86m), ("Committed", 0.86m)]);
        (await _books.Cases()).ShouldBeEmpty(); // nothing is computed otherwise
    }

    [Fact]
    public async Task The_story_of_an_invoice_names_the_quote_and_the_engine_that_keeps_it()
    {
        await _books.Bill();
        await _books.Commit();
        var number = await _books.Database.Scalar<string>("select min(number) from invoicing.invoice where currency = 'USD'");
        var quote = await _books.Database.Scalar<Guid>(
            $"select quote_id from tax.quoted_invoice join invoicing.invoice on id = invoice_id where number = '{number}'");
        var timeline = new ReadTimeline(_books.Database.Source, new FindInvoices(_books.Database.Source));
        var facts = (await timeline.Run(number, CancellationToken.None)).Story.ShouldNotBeNull().Steps.Single(step => step.Kind == StepKind.Invoice).Facts;
        facts.ShouldContain(new Fact("Tax quote", quote.ToString(), IsId: true));
        facts.ShouldContain(new Fact("Told to tax engine", "avatax-us: committed"));
        facts.Single(fact => fact.Label == "Taxed by").Value.ShouldStartWith("avatax-us, answered ");
    }

    [Fact]
    public async Task Billing_again_adds_nothing_and_asks_nothing()
    {
        await _books.Bill();
        (await _books.Asked()).ShouldBe(3);
        (await _books.Bill()).ShouldBe(0);
        (await _books.Asked()).ShouldBe(3);
        (await _books.Count("tax.quote")).ShouldBe(3);
    }

    [Fact]
    public async Task While_the_engine_is_down_its_accounts_wait_with_a_case_and_others_are_billed()
    {
        (await _books.Bill(reachable: false)).ShouldBe(3);
        (await Taxes("US")).ShouldBeEmpty();
        (await _books.Cases()).ShouldBe("tax-not-quoted open C-1/2026-11; tax-not-quoted open C-3/2026-11; tax-not-quoted open C-5/2026-11");
        (await _books.Database.Scalar<string>("select cause from exceptions.exception_case where subject_key like 'C-1/%'"))
            .ShouldStartWith("Account C-1 was not billed for 2026-11-01: avatax-us did not say its tax: AvaTax cannot be reached");

        (await _books.Bill()).ShouldBe(3);
        (await _books.Cases()).ShouldBe("tax-not-quoted resolved C-1/2026-11; tax-not-quoted resolved C-3/2026-11; tax-not-quoted resolved C-5/2026-11");
        (await _books.Bill()).ShouldBe(0);
    }

    [Fact]
    public async Task An_engine_that_is_down_is_not_waited_for_anew_by_every_part_of_a_run()
    {
        await using var books = await EngineBooks.Open(postgres, accounts: 40);
        (await books.Bill(reachable: false, partSize: 1)).ShouldBe(20);
        // Eight questions in a row, three times each; twelve parts more ask nothing.
        (await books.Asked()).ShouldBe(8 * 3);
        (await books.Count("exceptions.exception_case where state = 'open' and code = 'tax-not-quoted'")).ShouldBe(20);
        (await books.Count("exceptions.exception_case where cause like '%it did not answer the questions before this one'")).ShouldBe(12);
        (await books.Bill()).ShouldBe(20);
        (await books.Count("exceptions.exception_case where state = 'open'")).ShouldBe(0);
    }

    [Theory]
    [InlineData("wrong-sum", "its lines come to a tax of 0.86, and it says 0.87")]
    [InlineData("wrong-tax", "of line 1, the tax is 5.86")]
    [InlineData("missing-line", "line 1 was answered 0 times")]
    public async Task An_answer_that_cannot_be_true_is_not_billed_and_not_kept(string fault, string words)
    {
        await _books.World.Fault(fault, "tax-quote", count: 3);
        (await _books.Bill()).ShouldBe(3);
        (await _books.Count("exceptions.exception_case where state = 'open' and code = 'tax-quote-wrong'")).ShouldBe(3);
        (await _books.Database.Scalar<string>("select cause from exceptions.exception_case where subject_key like 'C-1/%'")).ShouldContain(words);
        (await _books.Count("tax.quote")).ShouldBe(0);
        (await _books.Bill()).ShouldBe(3);
        (await _books.Count("exceptions.exception_case where state = 'open'")).ShouldBe(0);
    }

    [Theory]
    [InlineData("throttle-429")]
    [InlineData("malformed-answer")]
    [InlineData("server-fault")]
    [InlineData("commit-then-silence")]
    public async Task A_question_without_an_answer_is_asked_again_in_the_same_run(string fault)
    {
        await _books.World.Fault(fault, "tax-quote", count: 2, seconds: fault == "throttle-429" ? 1 : null);
        (await _books.Bill()).ShouldBe(6);
        (await _books.Cases()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_customer_whose_address_leads_nowhere_waits_alone()
    {
        await _books.Database.Execute("update tax.profile set region = '', postcode = '00000' where customer_id = (select id from customers.customer where code = 'C-3')");
        (await _books.Bill()).ShouldBe(5);
        (await _books.Cases()).ShouldBe("tax-address-invalid open C-3/2026-11");
    }

    [Fact]
    public async Task A_line_s_category_decides_what_the_engine_is_asked_and_told()
    {
        await _books.Database.Execute("update tax.profile set region = 'TX', postcode = '73301'");
        await _books.Charge("k1", 100.00m, "untaxed");
        await _books.Charge("k2", 99.99m, "partly"); // four fifths of it: 79.99 at 6.25 %
        await _books.Bill();
        (await _books.Text(
            """
            select t.base::numeric(9,2) || ' ' || t.tax::numeric(9,2) || ' ' || t.code || ' ' || trim_scale(t.rate) || ' ' || t.category || ' ' || t.note
            from invoicing.invoice_tax t join invoicing.invoice i on i.id = t.invoice_id join customers.billing_account a on a.id = i.billing_account_id
            where a.code = 'C-1' order by t.base
            """)).ShouldBe("10.01 0.63 US-TX 0.0625 S ; 99.99 5.00 US-TX 0.05 S ; 100.00 0.00 US-TX-untaxed 0 Z Not taxed in US-TX.");
        await _books.Commit();
        (await _books.World.All()).ShouldContain(kept => kept.TaxCodes.Split(' ').Order(StringComparer.Ordinal).SequenceEqual(new[] { "NT", "P0000000", "PT80" }));
        (await _books.Cases()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)] // billed by our own table, and told all the same
    public async Task The_category_of_agreed_terms_is_what_the_engine_is_asked_and_told(bool quoted)
    {
        await Agree("""jsonb '{"model":{"type":"flat","amount":"100.00"},"terms":{"tax-category":"untaxed"}}'""");
        (quoted ? await _books.Bill() : await _books.BillWithoutEngine(11)).ShouldBe(6);
        if (quoted) (await _books.Text("select category from tax.quote_line where amount = 100")).ShouldBe("untaxed");
        await _books.Commit();
        (await _books.World.All()).Select(kept => kept.TaxCodes).Order(StringComparer.Ordinal).ShouldBe(["NT", "P0000000", "P0000000"]);
    }

    [Fact]
    public async Task What_was_asked_is_told_though_another_category_was_agreed_since()
    {
        await Agree("""jsonb '{"model":{"type":"flat","amount":"100.00"},"terms":{"tax-category":"untaxed"}}'""");
        await _books.Bill();
        await Agree("""jsonb '{"model":{"type":"flat","amount":"100.00"}}'""");
        await _books.Commit();
        (await _books.World.All()).Select(kept => kept.TaxCodes).ShouldContain("NT");
        (await _books.Cases()).ShouldBeEmpty();
    }

    private Task Agree(string agreed) => _books.Database.Execute(
        $"update subscriptions.component set agreed_price = null, agreed = {agreed} where subscription_id = md5('subscription1')::uuid");

    [Fact]
    public async Task A_certificate_of_exemption_is_told_and_shown()
    {
        await _books.Database.Execute(
            "update tax.profile set exemption_no = 'CA-7', exemption_from = '2026-01-01' where customer_id = (select id from customers.customer where code = 'C-1')");
        await _books.Bill();
        (await Taxes("US")).ShouldStartWith("10.01 0.00 US-CA-exempt 0 E; ");
    }

    [Fact]
    public async Task A_preview_shows_the_engine_s_tax_and_writes_nothing()
    {
        await _books.Bill(month: 11);
        var (quotes, asked) = (await _books.Count("tax.quote"), await _books.Asked());
        var preview = await Preview(_books.Routes());
        preview.Findings.ShouldBeEmpty();
        var document = preview.Documents.ShouldHaveSingleItem();
        document.Tax.Amount.ShouldBe(0.86m);
        document.Lines[0].TaxExplanation.ShouldBe(
            "avatax-us, asked for 2026-12-01: CALIFORNIA 6 % of 10.01 is 0.6; LOS ANGELES 0.25 % of 10.01 is 0.03; LA COUNTY DISTRICT 2.25 % of 10.01 is 0.23.");
        (await _books.Count("tax.quote"), await _books.Asked()).ShouldBe((quotes, asked));

        var without = await Preview(_books.Routes(reachable: false));
        without.Documents.ShouldBeEmpty();
        without.Findings.ShouldHaveSingleItem().Code.ShouldBe("tax-not-quoted");
    }

    [Fact]
    public async Task A_draft_is_made_final_with_the_tax_it_was_drawn_up_with_and_the_engine_is_asked_once()
    {
        await _books.Bill(month: 11);
        var drafts = new DraftInvoices(_books.Database.Source, TimeProvider.System, _books.Routes());
        var asked = await _books.Asked();
        var made = (await drafts.Make(new DraftRequest { Account = "C-1", Date = "2026-12-01", Actor = "mara" }, CancellationToken.None)).ShouldBeOfType<DraftOutcome.Done>();
        made.Drafts.ShouldHaveSingleItem().Document.Tax.Amount.ShouldBe(0.86m);
        (await _books.Asked()).ShouldBe(asked + 1);

        var final = new FinaliseDraft(_books.Database.Source, TimeProvider.System, _books.Routes(reachable: false));
        (await final.Run(made.Drafts[0].Id, "mara", CancellationToken.None)).ShouldBeOfType<DraftOutcome.Done>();
        (await _books.Asked()).ShouldBe(asked + 1);
        (await _books.Count("tax.quoted_invoice")).ShouldBe(4);
    }

    [Fact]
    public async Task Without_its_engine_a_legal_entity_is_not_billed_by_another_rule_until_somebody_says_so()
    {
        await _books.Bill(month: 11);
        (await _books.BillWithoutEngine(12)).ShouldBe(3);
        (await _books.Cases()).ShouldBe("tax-not-quoted open C-1/2026-12; tax-not-quoted open C-3/2026-12; tax-not-quoted open C-5/2026-12");
        var release = new ReleaseLegalEntity(_books.Database.Source, TimeProvider.System);
        (await release.Run("DE", new DateOnly(2026, 12, 1), "moved", "mara", CancellationToken.None)).ShouldBeOfType<ReleaseOutcome.Refused>();
        (await release.Run("US", new DateOnly(2026, 12, 1), "moved", "mara", CancellationToken.None)).ShouldBeOfType<ReleaseOutcome.Released>();
        (await _books.BillWithoutEngine(12)).ShouldBe(3);
        (await _books.Count("exceptions.exception_case where state = 'open'")).ShouldBe(0);
    }

    [Fact]
    public async Task What_falls_due_before_the_engine_s_first_day_is_taxed_by_our_table()
    {
        (await _books.Bill(month: 10)).ShouldBe(6);
        (await _books.Asked()).ShouldBe(0);
        (await Taxes("US")).ShouldStartWith("10.01 0.73 US-CA 0.0725 S; ");
    }

    [Theory]
    [InlineData("update tax.quote set tax = 1", "booked_is_booked")]
    [InlineData("delete from tax.quote_line", "booked_is_booked")]
    [InlineData("insert into tax.quote_line select quote_id, 2, tenant, billing_account_id, subscription_id, 'other', part_start, detail, amount, category, tax, parts from tax.quote_line limit 1", "quote_is_sealed")]
    [InlineData("insert into tax.quote select gen_random_uuid(), tenant, billing_account_id, legal_entity_id, engine, repeat('a', 64), content, issue_date, currency, lines, net, tax, asked_at, answered_at from tax.quote limit 1", "quote_equals_its_lines")]
    [InlineData("insert into tax.quote select gen_random_uuid(), tenant, billing_account_id, legal_entity_id, engine, fingerprint, content, issue_date, currency, lines, net, tax, asked_at, answered_at from tax.quote limit 1", "quote_once")]
    [InlineData("insert into tax.quoted_invoice select i.id, i.billing_account_id, 1, (select id from tax.quote limit 1) from invoicing.invoice i where i.currency = 'EUR' limit 1", "invoice_as_quoted")]
    public async Task The_database_refuses_it_too(string sql, string constraint)
    {
        await _books.Bill();
        (await Should.ThrowAsync<PostgresException>(() => _books.Database.Execute(sql))).ConstraintName.ShouldBe(constraint);
    }

    private async Task<InvoicePreview> Preview(TaxRoutes routes) =>
        (await new PreviewInvoice(_books.Database.Source, TimeProvider.System, routes).Run(
            new InvoicePreviewRequest { Account = "C-1", Date = "2026-12-01" }, CancellationToken.None))
        .ShouldBeOfType<InvoicePreviewOutcome.Done>().Accounts.ShouldHaveSingleItem();

    private Task<string> Taxes(string entity) => _books.Text(
        $"""
        select t.base::numeric(9,2) || ' ' || t.tax::numeric(9,2) || ' ' || t.code || ' ' || trim_scale(t.rate) || ' ' || t.category
        from invoicing.invoice_tax t join invoicing.invoice i on i.id = t.invoice_id
        join customers.legal_entity e on e.id = i.legal_entity_id where e.code = '{entity}' order by t.base
        """);
}
