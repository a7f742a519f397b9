using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Tieout.Domain.Intake;

/// <summary>Where the value of a field comes from.</summary>
public abstract record Value
{
    private Value() { }

    /// <summary>The same for every row.</summary>
    public sealed record Constant(string Text) : Value;

    /// <summary>The row's cell in a column; <paramref name="WhenBlank"/>, if given, stands in for an empty one.</summary>
    public sealed record Column(string Name, string? WhenBlank = null) : Value;

    /// <summary>The code of the legal entity found for the row, so that currency and tax can follow it.</summary>
    public sealed record OfLegalEntity : Value;

    /// <summary>
    /// Another word for each word. A word that is not listed becomes <paramref name="Otherwise"/>, or refuses the row when there
    /// is none; an empty one that is not listed stays empty.
    /// </summary>
    public sealed record Mapped(Value From, IReadOnlyDictionary<string, string> Map, string? Otherwise) : Value;

    /// <summary>
    /// One of several words, by a hash of a column's cell: the same cell gives the same word on every machine and in every run,
    /// and over many cells the words are spread by their weights.
    /// </summary>
    public sealed record HashSplit(string By, IReadOnlyList<Share> Shares) : Value
    {
        /// <summary>The word for a cell.</summary>
        public string Of(string cell)
        {
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(Encoding.UTF8.GetBytes(cell), hash);
            var place = (long)(BinaryPrimitives.ReadUInt64BigEndian(hash) % (ulong)Shares.Sum(share => (long)share.Weight));
            foreach (var share in Shares)
            {
                if (place < share.Weight) return share.Word;
                place -= share.Weight;
            }
            throw new InvalidOperationException("Weights are above zero.");
        }
    }

    /// <summary>The file's column a person has to look at; null for a constant.</summary>
    public string? ColumnName => this switch
    {
        Column column => column.Name,
        HashSplit split => split.By,
        Mapped mapped => mapped.From.ColumnName,
        _ => null,
    };
}

/// <summary>A word and its weight, one or more, in a <see cref="Value.HashSplit"/>.</summary>
public sealed record Share(string Word, int Weight);
