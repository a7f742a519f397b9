using System.Globalization;
using Npgsql;
using Tieout.Domain.Reconciliation;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Posting;

/// <summary>
/// Random faults in random order, drawn by a seed: whatever the ERP does, and however often our workers stop and are
/// abandoned, its ledger ends up with every document exactly once. <c>TIEOUT_SEED</c> runs one seed of your own.
/// </summary>
public sealed class FaultSimulation(PostgresFixture postgres)
{
    private const int Documents = 300;
    private const int Steps = 40;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    private static readonly string[] OnPost =
    [
        "timeout-before-commit", "commit-then-silence", "commit-late", "reject-503", "throttle-429", "half-answer",
        "html-answer", "truncated-answer", "malformed-answer", "token-expired", "slow", "server-fault",
    ];

    private static readonly string[] OnRead = ["timeout-before-commit", "malformed-answer", "html-answer", "reject-503", "token-expired", "slow"];

    public static TheoryData<int> Seeds => Environment.GetEnvironmentVariable("TIEOUT_SEED") is { Length: > 0 } seed
        ? [int.Parse(seed, CultureInfo.InvariantCulture)]
        : [1, 2, 3, 5, 8];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Nothing_is_lost_and_nothing_doubled(int seed)
    {
        try
        {
            await Simulate(new Random(seed));
        }
        catch (Exception broken)
        {
            throw new InvalidOperationException($"Seed {seed}; reproduce it with TIEOUT_SEED={seed}.", broken);
        }
    }

    private async Task Simulate(Random random)
    {
        await using var world = await World.Start(postgres, Documents);
        var abandoned = new List<Task>();
        for (var step = 0; step < Steps; step++)
        {
            await InjectSomething(world, random);
            // A program works for a moment and is stopped; sometimes its sessions are cut instead, and it never records.
            using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(random.Next(20, 120)));
            var dies = random.Next(4) == 0;
            var targets = world.Targets(inner => new Meddling(inner)
            {
                AfterSend = _ => dies ? throw Dead() : Task.CompletedTask,
            }, timeout: Timeout);
            var run = Work(world, targets, stop.Token);
            if (dies) abandoned.Add(run);
            else await run;
        }
        await Task.WhenAll(abandoned);
        await world.NoFaults();
        await world.Database.Execute("update posting.posting set not_before = now() where not_before > now() + interval '5 seconds'");
        (await world.Deliver()).Waiting.ShouldBe(0);
        await world.AllPostedOnce();
        (await world.OpenCases()).ShouldBeEmpty();
        (await world.TieOut()).Verdict.ShouldBe(Verdict.Reconciled);
    }

    private static async Task InjectSomething(World world, Random random)
    {
        var seconds = random.Next(1, 5) / 10.0;
        if (random.Next(3) > 0) await world.Fault(OnPost[random.Next(OnPost.Length)], random.Next(1, 3), Seconds(random, seconds));
        if (random.Next(4) == 0) await world.Fault(OnRead[random.Next(OnRead.Length)], 1, seconds, on: "read");
        if (random.Next(6) == 0) await world.Fault("reject-503", 1, seconds, on: "write");
    }

    // Retry-After is counted in whole seconds; silence lasts as drawn.
    private static double Seconds(Random random, double seconds) => random.Next(5) == 0 ? Timeout.TotalSeconds + seconds : seconds;

    private static async Task Work(World world, IReadOnlyList<Application.Posting.DeliveryTarget> targets, CancellationToken stop)
    {
        try
        {
            await world.Post(targets).Run("test", TimeSpan.FromSeconds(1), null, stop);
        }
        catch (Exception ended) when (ended is OperationCanceledException or PostgresException { SqlState: PostgresErrorCodes.InternalError })
        {
            // Stopped, or died with its claims.
        }
    }

    // As if the program had died after the ERP answered: trouble of our own database, which leaves everything as it is.
    private static PostgresException Dead() => new("The program dies.", "FATAL", "FATAL", PostgresErrorCodes.InternalError);
}
