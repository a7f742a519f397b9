using Npgsql;
using Tieout.Application.Posting.Postgres;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Posting;

/// <summary>What waits at the same moment goes together, and nobody suffers for another.</summary>
public sealed class GatheringTests
{
    private readonly List<string> _asked = [];
    private readonly Queue<TaskCompletionSource> _gates = new();

    [Fact]
    public async Task Who_comes_first_waits_for_nobody_and_the_others_go_together()
    {
        var gathering = Gather(_ => null);
        var first = gathering.Ask(1);
        _asked.ShouldBe(["1"]);
        Task<int>[] others = [gathering.Ask(2), gathering.Ask(3), gathering.Ask(4), gathering.Ask(5)];
        await Open();
        (await first).ShouldBe(10);
        await Eventually.True(() => Task.FromResult(_asked.Count == 2), "the next go");
        await Open();
        await Eventually.True(() => Task.FromResult(_asked.Count == 3), "and the rest");
        await Open();
        (await Task.WhenAll(others)).ShouldBe([20, 30, 40, 50]);
        _asked.ShouldBe(["1", "2 3 4", "5"]);
    }

    [Fact]
    public async Task What_the_database_refuses_together_is_asked_one_by_one()
    {
        var gathering = Gather(questions => questions.Contains(3) ? Refused("23514") : null);
        var first = gathering.Ask(1);
        Task<int>[] others = [gathering.Ask(2), gathering.Ask(3)];
        await Open();
        await first;
        await Eventually.True(() => Task.FromResult(_asked.Count == 2), "the next go");
        await Open();
        (await others[0]).ShouldBe(20);
        (await Should.ThrowAsync<PostgresException>(() => others[1])).SqlState.ShouldBe("23514");
    }

    [Fact]
    public async Task Who_meets_a_lock_is_asked_again_alone_and_whoever_comes_then_does_not_wait_for_it()
    {
        var gathering = Gather(questions => questions.Count == 1 && questions[0] == 1 && _asked.Count(asked => asked == "1") == 1 ? Refused("55P03") : null);
        var locked = gathering.Ask(1);
        await Open();
        (await locked).ShouldBe(10);
        _asked.ShouldBe(["1", "1 alone"]);
        var next = gathering.Ask(2);
        await Open();
        (await next).ShouldBe(20);
    }

    [Fact]
    public async Task When_the_connection_breaks_all_are_told_and_the_next_is_asked_anew()
    {
        var broken = true;
        var gathering = Gather(_ => broken ? new NpgsqlException("gone") : null);
        var first = gathering.Ask(1);
        await Open();
        await Should.ThrowAsync<NpgsqlException>(() => first);
        broken = false;
        var next = gathering.Ask(2);
        await Open();
        (await next).ShouldBe(20);
    }

    [Fact]
    public async Task Two_go_beside_each_other_where_two_may_and_the_third_waits_for_one_of_them()
    {
        var gathering = Gather(_ => null, beside: 2);
        Task<int>[] asked = [gathering.Ask(1), gathering.Ask(2), gathering.Ask(3), gathering.Ask(4)];
        _asked.ShouldBe(["1", "2"]);
        await Open();
        (await asked[0]).ShouldBe(10);
        await Eventually.True(() => Task.FromResult(_asked.Count == 3), "the others go together");
        asked[1].IsCompleted.ShouldBeFalse();
        await Open();
        await Open();
        (await Task.WhenAll(asked)).ShouldBe([10, 20, 30, 40]);
        _asked.ShouldBe(["1", "2", "3 4"]);
    }

    [Fact]
    public void An_exchange_is_written_where_its_claim_is()
    {
        for (var index = 0; index < 100; index++)
        {
            var (claim, id) = (Guid.CreateVersion7(), Guid.CreateVersion7());
            var beside = PostgresPosting.BesideOf(claim, id);
            PostgresPosting.WhichOf(beside).ShouldBe(PostgresPosting.WhichOf(claim));
            beside.ToByteArray()[..^1].ShouldBe(id.ToByteArray()[..^1]);
        }
    }

    private Gathering<int, int> Gather(Func<IReadOnlyList<int>, Exception?> trouble, int beside = 1) => new(
        async questions =>
        {
            var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            lock (_gates)
            {
                _gates.Enqueue(gate);
                _asked.Add(string.Join(' ', questions));
            }
            await gate.Task;
            return trouble(questions) is { } told ? throw told : [.. questions.Select(question => question * 10)];
        },
        question =>
        {
            lock (_gates) _asked.Add($"{question} alone");
            return trouble([question, 0]) is { } told ? Task.FromException<int>(told) : Task.FromResult(question * 10);
        },
        most: 3, beside: beside);

    // Lets the one go that is on its way, or comes next.
    private async Task Open()
    {
        TaskCompletionSource? gate = null;
        await Eventually.True(
            () =>
            {
                lock (_gates) return Task.FromResult(_gates.TryDequeue(out gate));
            },
            "somebody is on its way");
        gate!.SetResult();
    }

    private static PostgresException Refused(string state) => new("refused", "ERROR", "ERROR", state);
}
