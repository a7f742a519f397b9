using Tieout.Application.Posting;

namespace Tieout.Shell.Tests.Posting;

/// <summary>Who travels together after an ERP turned calls away whole, and whom it means.</summary>
public sealed class LaneCompanyTests
{
    private static readonly Guid Bad = new(1, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]);
    private static readonly Guid Good = new(2, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]);
    private static readonly Guid Other = new(3, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]);

    private readonly LaneCompany _company = new();

    [Fact]
    public void The_first_call_turned_away_changes_nothing_each_further_one_in_a_row_halves_and_each_that_passes_doubles()
    {
        _company.Most(20).ShouldBe(20);
        Turn(20, Bad, Good).ShouldBe(TurnedAwayAs.Company);
        _company.Most(20).ShouldBe(20);
        List<int> most = [];
        for (var call = 0; call < 6; call++)
        {
            Turn(_company.Most(20), Bad, Good);
            most.Add(_company.Most(20));
        }
        most.ShouldBe([10, 5, 2, 1, 1, 1]);
        _company.Passed([Other]);
        _company.Most(20).ShouldBe(2);
        foreach (var _ in Enumerable.Range(0, 9)) _company.Passed([Other]);
        _company.Most(20).ShouldBe(20);
    }

    [Fact]
    public void One_alone_is_meant_once_the_erp_took_another_since_it_was_turned_away()
    {
        Turn(2, Bad, Good).ShouldBe(TurnedAwayAs.Company);
        Turn(1, Bad).ShouldBe(TurnedAwayAs.Company);
        _company.Passed([Good]);
        Turn(1, Bad).ShouldBe(TurnedAwayAs.Meant);
    }

    [Fact]
    public void One_that_is_turned_away_again_and_again_with_nothing_else_to_send_may_be_meant_or_not()
    {
        Turn(1, Bad).ShouldBe(TurnedAwayAs.Company);
        Turn(1, Bad).ShouldBe(TurnedAwayAs.Lone);
        Turn(1, Other).ShouldBe(TurnedAwayAs.Company);
        Turn(1, Bad).ShouldBe(TurnedAwayAs.Company);
    }

    [Fact]
    public void One_alone_in_a_call_of_which_others_were_taken_is_meant_and_two_are_not() =>
        (_company.TurnedAway([(Bad, false)], [Good], 2), _company.TurnedAway([(Bad, false), (Other, false)], [Good], 3))
            .ShouldBe((TurnedAwayAs.Meant, TurnedAwayAs.Company));

    [Fact]
    public void An_erp_that_turns_every_single_document_away_is_asked_after_three_rounds_whether_it_answers_anything_else()
    {
        for (var round = 0; round < 3; round++)
            foreach (var document in new[] { Bad, Good, Other }) Turn(1, document).ShouldBe(TurnedAwayAs.Company);
        foreach (var document in new[] { Bad, Good, Other }) Turn(1, document).ShouldBe(TurnedAwayAs.Lone);
    }

    [Fact]
    public void Rounds_begin_anew_with_each_document_that_was_not_turned_away_so_often_and_calls_of_several_are_none()
    {
        for (var round = 0; round < 3; round++)
            foreach (var document in new[] { Bad, Good }) Turn(1, document).ShouldBe(TurnedAwayAs.Company);
        Turn(3, Other, Good, Bad).ShouldBe(TurnedAwayAs.Company);
        Turn(1, Bad).ShouldBe(TurnedAwayAs.Company); // the other may still pass alone
    }

    [Fact]
    public void What_does_not_come_again_is_gone_and_excuses_nobody_another_program_may_have_sent_it()
    {
        Turn(3, Bad, Good, Other).ShouldBe(TurnedAwayAs.Company);
        Enumerable.Range(0, 10).Select(_ => Turn(1, Bad)).ShouldBe([.. Enumerable.Repeat(TurnedAwayAs.Company, 9), TurnedAwayAs.Lone]);
        Turn(1, Bad).ShouldBe(TurnedAwayAs.Lone);
    }

    [Fact]
    public void One_that_was_found_out_and_is_left_alone_stays_meant_until_another_that_was_not_is_turned_away_too()
    {
        Turn(1, Bad);
        _company.Passed([Good]);
        Turn(1, Bad).ShouldBe(TurnedAwayAs.Meant);
        Again(Bad).ShouldBe(TurnedAwayAs.Meant);
        Again(Bad).ShouldBe(TurnedAwayAs.Meant);
        Turn(1, Other).ShouldBe(TurnedAwayAs.Company); // is the ERP away now?
        Again(Bad).ShouldBe(TurnedAwayAs.Company);
        _company.Passed([Other]);
        Again(Bad).ShouldBe(TurnedAwayAs.Meant);
    }

    [Fact]
    public void A_program_started_anew_goes_on_by_the_tries_in_the_books_and_two_that_were_found_out_do_not_excuse_each_other()
    {
        Again(Bad).ShouldBe(TurnedAwayAs.Company); // it knows of nothing yet
        Again(Good).ShouldBe(TurnedAwayAs.Company);
        Again(Bad).ShouldBe(TurnedAwayAs.Meant);
        Again(Good).ShouldBe(TurnedAwayAs.Meant);
    }

    [Fact]
    public void One_that_passes_after_all_is_forgotten()
    {
        Turn(1, Bad);
        _company.Passed([Bad]);
        Turn(1, Bad).ShouldBe(TurnedAwayAs.Company);
    }

    private TurnedAwayAs Turn(int together, params Guid[] documents) => _company.TurnedAway([.. documents.Select(document => (document, false))], [], together);

    private TurnedAwayAs Again(Guid document) => _company.TurnedAway([(document, true)], [], 1);
}
