using Tieout.Domain.Intake;

namespace Tieout.Application.Intake;

/// <summary>A row after it was read, before it is compared with what stands. One of row and refusal is null.</summary>
/// <param name="Line">Where it begins in the file.</param>
/// <param name="Key">Its own code; empty when that cannot be shown.</param>
/// <param name="Row">What it brings.</param>
/// <param name="Refusal">Why it brings nothing.</param>
internal sealed record ChunkRow(long Line, string Key, IncomingRow? Row, Refusal? Refusal);

/// <summary>What became of rows; received is always the sum of the others.</summary>
internal readonly record struct RowCounts(long Received, long Accepted, long Unchanged, long Refused)
{
    public static RowCounts operator +(RowCounts left, RowCounts right) => new(
        left.Received + right.Received, left.Accepted + right.Accepted, left.Unchanged + right.Unchanged, left.Refused + right.Refused);
}
