using System.Globalization;

namespace Tieout.Bench.Kills;

/// <summary>What <c>kills</c> is told.</summary>
/// <param name="Kills">How often a process is killed.</param>
/// <param name="Seed">Draws whom, when and with which faults.</param>
/// <param name="Documents">Invoices of a month.</param>
internal sealed record KillOptions(int Kills, int Seed, int Documents)
{
    /// <summary>From <c>--kills 50 --seed 1 --documents 2000</c>; what is not named is this.</summary>
    /// <exception cref="ArgumentException">Another option, or no number behind one.</exception>
    public static KillOptions Of(IReadOnlyList<string> arguments)
    {
        var options = new KillOptions(50, 1, 2_000);
        for (var at = 0; at < arguments.Count; at += 2)
        {
            if (at + 1 >= arguments.Count || !int.TryParse(arguments[at + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                throw new ArgumentException($"{arguments[at]} needs a number behind it.", nameof(arguments));
            options = arguments[at] switch
            {
                "--kills" => options with { Kills = number },
                "--seed" => options with { Seed = number },
                "--documents" => options with { Documents = number },
                _ => throw new ArgumentException($"{arguments[at]} is none of --kills, --seed, --documents.", nameof(arguments)),
            };
        }
        return options;
    }
}
