using System.Text;
using Tieout.Application.Exceptions;
using Tieout.Application.Views;
using Tieout.Shell.Tests.Database;
using static Tieout.Shell.Tests.Exceptions.CaseWorld;

namespace Tieout.Shell.Tests.Exceptions;

/// <summary>Trying a document, and setting fields of it.</summary>
public sealed class FixTests(PostgresFixture postgres)
{
    [Fact]
    public async Task A_dry_run_shows_the_journal_and_the_request_and_changes_nothing_anywhere()
    {
        await using var world = await Parked(postgres, 1);
        var id = await AnyCase(world);
        var before = await world.Count("posting.exchange");

        var refused = Done(await new TryCase(world.Database.Source, Broken(world)).Run(id, null, default));
        refused.Outcome.ShouldBe("would-refuse");
        refused.Request.ShouldBeNull();

        var tried = Done(await new TryCase(world.Database.Source, world.Targets()).Run(id, null, default));
        tried.Outcome.ShouldBe("would-send");
        tried.Changes.ShouldBeEmpty();
        tried.Preview.Lines.Sum(line => line.Debit).ShouldBe(tried.Preview.Lines.Sum(line => line.Credit));
        tried.Request!.Text.ShouldContain(tried.BusinessKey);
        Encoding.UTF8.GetString(Convert.FromBase64String(tried.Request.Base64)).ShouldBe(tried.Request.Text);
        (await world.Count("posting.exchange")).ShouldBe(before);
        (await world.Held(tried.BusinessKey)).ShouldBe(0);
        (await world.Count("posting.posting where state = 'parked'")).ShouldBe(1);
    }

    [Fact]
    public async Task A_dry_run_asks_for_a_customer_first_and_shows_what_would_create_it()
    {
        await using var world = await Parked(postgres, 1);
        var id = await AnyCase(world);
        await world.Database.Execute("delete from customers.cross_reference where object_kind = 'customer'");

        var found = Done(await new TryCase(world.Database.Source, world.Targets()).Run(id, null, default));
        (found.Outcome, found.Request!.Operation).ShouldBe(("would-send", "journal-entry-post")); // the ERP has it: its id was asked for

        await world.Database.Execute("update customers.customer set code = 'STRANGER-' || code");
        var stranger = Done(await new TryCase(world.Database.Source, world.Targets()).Run(id, null, default));
        (stranger.Outcome, stranger.Request!.Operation).ShouldBe(("would-send", "customer-create"));
        stranger.Says.ShouldContain("does not know the customer STRANGER-");
        stranger.Request.Text.ShouldContain("STRANGER-");
        stranger.Request.Then.ShouldContain("the document goes after it");
        stranger.Preview.Lines.ShouldNotBeEmpty();
        (await world.Count("customers.cross_reference where object_kind = 'customer'")).ShouldBe(0);
    }

    [Fact]
    public async Task Fields_that_are_set_go_with_the_document_and_stand_as_versions_with_who_and_why()
    {
        await using var world = await Parked(postgres, 1);
        var id = await AnyCase(world);
        var fields = new OverrideFields(world.Database.Source, TimeProvider.System);
        var plain = Done(await new TryCase(world.Database.Source, world.Targets()).Run(id, null, default));
        var other = plain.Preview.Lines.Single(line => line.Line == "1").Account == "41000000" ? "24900000" : "41000000";
        GivenField[] given =
        [
            new() { Field = "reference", Place = "", Value = "PO 4500-17" },
            new() { Field = "account", Place = "1", Value = other },
            new() { Field = "due-date", Place = "", Value = "2027-01-31" },
        ];

        var tried = Done(await new TryCase(world.Database.Source, world.Targets()).Run(id, given, default));
        tried.Changes.Select(change => (change.Line, change.Field, change.After)).ShouldBe(
            [("", "reference", "PO 4500-17"), ("", "due-date", "2027-01-31"), ("1", "account", other)], ignoreOrder: true);
        (await world.Count("posting.field_override")).ShouldBe(0);

        Done(await fields.Run(id, given, "mara", "customer asked", default)).Version.ShouldBe(1);
        var set = Done(await new TryCase(world.Database.Source, world.Targets()).Run(id, null, default));
        set.Preview.Lines.Select(line => (line.Line, line.Account, line.Debit, line.Credit)).ShouldBe(
            tried.Preview.Lines.Select(line => (line.Line, line.Account, line.Debit, line.Credit)));
        Done(await fields.Run(id, [], "juri", "not after all", default)).Version.ShouldBe(2);
        Done(await new TryCase(world.Database.Source, world.Targets()).Run(id, null, default)).Changes.ShouldBeEmpty();
        Done(await fields.Run(id, given, "mara", "yes, do", default)).Version.ShouldBe(3);
        (await fields.Versions(id, default))!.Select(version => (version.Version, version.Actor, version.Fields.Count)).ShouldBe([(3, "mara", 3), (2, "juri", 0), (1, "mara", 3)]);

        await new ReplayException(world.Database.Source, TimeProvider.System).Run(id, "mara", "fields set", default);
        await world.Deliver();
        var sent = Encoding.UTF8.GetString((await world.Rows<byte[]>("select request from posting.exchange where operation = 'journal-entry-post' order by id desc limit 1"))[0]);
        sent.ShouldContain("PO 4500-17");
        sent.ShouldContain(other);
        await world.AllPostedOnce();
        (await fields.Run(id, [], "mara", "too late", default)).ShouldBeOfType<CaseRefused<FieldVersion>>().Code.ShouldBe("not-parked");
    }

    [Fact]
    public async Task The_database_takes_no_field_that_could_be_an_amount_and_none_for_what_is_not_parked()
    {
        await using var world = await Parked(postgres, 1);
        const string row = "insert into posting.field_override select id, billing_account_id, 1, 1, '{0}', 'r', 'a', now() from posting.posting";
        string With(string fields) => row.Replace("{0}", fields, StringComparison.Ordinal);
        foreach (var fields in new[] { """[{"field":"amount","place":"1","value":"2"}]""", """[{"field":"account","amount":"2"}]""", """{"field":"account"}""" })
            (await Should.ThrowAsync<Npgsql.PostgresException>(() => world.Database.Execute(With(fields)))).ConstraintName.ShouldBe("override_of_known_fields");
        await world.Database.Execute("update posting.posting set state = 'ready'");
        (await Should.ThrowAsync<Npgsql.PostgresException>(() => world.Database.Execute(With("[]")))).ConstraintName.ShouldBe("override_of_parked");
    }

    [Theory]
    [InlineData("amount", "1", "12.00", "fields[0].field")]
    [InlineData("", "", "", "fields[0].field")]
    [InlineData("account", "99", "41000001", "fields[0].place")]
    [InlineData("account", "0", "41000001", "fields[0].place")]
    [InlineData("account", "1", "", "fields[0].value")]
    [InlineData("account", "1", "4111 1111 1111 1111", "fields[0].value")]
    [InlineData("due-date", "", "2026-02-30", "fields[0].value")]
    [InlineData("due-date", "", "2020-01-01", "fields[0].value")]
    [InlineData("due-date", "1", "2027-01-01", "fields[0].place")]
    [InlineData("tax-code", "XX", "A1", "fields[0].place")]
    [InlineData("dimension", "*/colour", "red", "fields[0].place")]
    [InlineData("reference", "", "a\u0007b", "fields[0].value")]
    public async Task A_field_that_cannot_be_set_is_refused_by_its_place_in_the_list(string field, string place, string value, string member)
    {
        await using var world = await Parked(postgres, 1);
        var id = await AnyCase(world);
        GivenField[] given = [new() { Field = field, Place = place, Value = value }];
        (await new OverrideFields(world.Database.Source, TimeProvider.System).Run(id, given, "mara", "x", default))
            .ShouldBeOfType<CaseUnreadable<FieldVersion>>().Errors.Keys.ShouldBe([member]);
        (await new TryCase(world.Database.Source, world.Targets()).Run(id, given, default)).ShouldBeOfType<CaseUnreadable<TriedPosting>>();
        (await world.Count("posting.field_override")).ShouldBe(0);
    }

    [Fact]
    public async Task Owner_due_date_and_comments_stay_with_the_case_and_narrow_every_list()
    {
        await using var world = await Parked(postgres, 3);
        var (id, find) = (await AnyCase(world), new FindExceptions(world.Database.Source, TimeProvider.System));
        var work = new WorkCase(world.Database.Source, TimeProvider.System);
        var detail = Done(await work.Run(id, new CaseWork { Owner = "mara", Due = "2026-01-31", Comment = "Asked the\ncustomer.", Actor = "juri" }, default));
        detail.Notes.Select(note => note.Text).ShouldBe(["Given to mara.", "Due on 2026-01-31.", "Asked the customer."], ignoreOrder: true);

        async Task<long> Count(ExceptionFilter filter) => (await find.Totals(filter, default)).Count;
        (await Count(Open with { Owner = "mara" })).ShouldBe(1);
        (await Count(Open with { Owner = "none" })).ShouldBe(2);
        (await Count(Open with { Due = "overdue" })).ShouldBe(1);
        (await Count(Open with { Queue = "integration-engineer", Kind = "posting" })).ShouldBe(3);
        (await Count(Open with { Group = detail.Exception.Group })).ShouldBe((await new GroupExceptions(world.Database.Source, TimeProvider.System)
            .Run(Open with { Group = detail.Exception.Group }, default)).Exceptions);

        Done(await work.Run(Open, new CaseWork { Owner = "ida", Actor = "juri" }, default)).ShouldBe(3);
        (await Count(Open with { Owner = "ida" })).ShouldBe(3);
        (await work.Run(Open, new CaseWork { Actor = "juri" }, default)).ShouldBeOfType<CaseUnreadable<long>>();
        (await work.Run(id, new CaseWork { Owner = "none", Due = "tomorrow", Comment = "4111 1111 1111 1111", Actor = "" }, default))
            .ShouldBeOfType<CaseUnreadable<ExceptionDetail>>().Errors.Keys.ShouldBe(["actor", "comment", "due", "owner"]);
        (await work.Run(Guid.CreateVersion7(), new CaseWork { Owner = "ida", Actor = "juri" }, default)).ShouldBeOfType<CaseNotFound<ExceptionDetail>>();
    }

    [Fact]
    public async Task Many_cases_are_worked_in_parts_and_an_interruption_leaves_the_parts_done()
    {
        await using var world = await Parked(postgres, 7);
        var work = new WorkCase(world.Database.Source, TimeProvider.System) { AtOnce = 2 };
        await using var other = await world.Database.Source.OpenConnectionAsync();
        await using var held = await other.BeginTransactionAsync();
        await Dapper.SqlMapper.ExecuteAsync(other, "select from exceptions.exception_case where id = (select id from exceptions.exception_case order by id desc limit 1) for update");

        // Somebody holds the last of them: what came before it is done and stays.
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(3));
        await Should.ThrowAsync<OperationCanceledException>(
            () => work.Run(Open with { Owner = "none" }, new CaseWork { Owner = "ida", Actor = "juri" }, patience.Token));
        (await world.Count("exceptions.exception_case where owner = 'ida'")).ShouldBe(6);

        await held.RollbackAsync();
        Done(await work.Run(Open with { Owner = "none" }, new CaseWork { Owner = "ida", Actor = "juri" }, default)).ShouldBe(1);
        Done(await work.Run(Open, new CaseWork { Comment = "All of them.", Actor = "juri" }, default)).ShouldBe(7);
        (await world.Count("exceptions.note where kind = 'owner'")).ShouldBe(7);
        (await world.Count("exceptions.note where kind = 'comment'")).ShouldBe(7);
    }

    [Theory]
    [InlineData(2000, 0, 2000)] // fits
    [InlineData(2001, 0, 2000)]
    [InlineData(1998, 2, 1999)] // the emoji would lie across the cut
    [InlineData(1997, 2, 2000)] // it ends just before
    public void What_is_too_long_for_a_note_is_cut_at_a_whole_character(int before, int emojis, int length)
    {
        var cut = OverrideFields.Cut(new string('x', before) + string.Concat(Enumerable.Repeat("\U0001F600", emojis)) + (emojis > 0 ? "yyy" : ""));
        cut.Length.ShouldBe(length);
        new System.Text.UTF8Encoding(false, throwOnInvalidBytes: true).GetByteCount(cut).ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Groups_add_up_to_the_list_and_name_the_money_of_each_currency()
    {
        await using var world = await Parked(postgres, 12);
        var totals = await new FindExceptions(world.Database.Source, TimeProvider.System).Totals(Open, default);
        var groups = await new GroupExceptions(world.Database.Source, TimeProvider.System).Run(Open, default);
        groups.Exceptions.ShouldBe(totals.Count);
        groups.Rows.Sum(group => group.Count).ShouldBe(totals.Count);
        foreach (var value in totals.Values)
            groups.Rows.SelectMany(group => group.Values).Where(one => one.Currency == value.Currency).Sum(one => one.Amount).ShouldBe(value.Amount);
        groups.Rows.ShouldAllBe(group => group.FirstSeen <= group.LastSeen && group.Cause.Length > 0);
    }

    [Fact]
    public async Task A_document_is_found_by_every_id_there_is_of_it()
    {
        await using var world = await Parked(postgres, 1);
        var status = new ReadInvoiceStatus(world.Database.Source);
        var stopped = (await status.Run((await world.Rows<string>("select business_key from posting.posting"))[0].ToLowerInvariant(), default))!;
        stopped.Documents.ShouldHaveSingleItem().Postings.ShouldHaveSingleItem().Exceptions.ShouldHaveSingleItem();
        await world.Replay("account-rule-missing");
        await world.Deliver();

        var ids = await world.Rows<string>(
            "select unnest(array[business_key, id::text, document_id::text, correlation_id::text, erp_number, erp_id]) from posting.posting");
        ids.Count.ShouldBe(6);
        foreach (var id in ids)
            (await status.Run(id, default))!.Documents.ShouldHaveSingleItem().Postings.ShouldHaveSingleItem().State.ShouldBe("posted", id);
        (await status.Run("no such thing", default)).ShouldBeNull();
    }
}
