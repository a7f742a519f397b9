using System.Diagnostics.CodeAnalysis;

namespace Tieout.Domain.Usage;

/// <summary>Values under texts, found by their UTF-8 bytes without making a string first.</summary>
internal sealed class Utf8Map<T> where T : class
{
    private readonly Dictionary<byte[], T> _values = new(Bytes.Comparer);
    private readonly Dictionary<byte[], T>.AlternateLookup<ReadOnlySpan<byte>> _bySpan;

    public Utf8Map() => _bySpan = _values.GetAlternateLookup<ReadOnlySpan<byte>>();

    public int Count => _values.Count;

    public void Add(byte[] key, T value) => _values.Add(key, value);

    public T? Find(ReadOnlySpan<byte> key) => _bySpan.TryGetValue(key, out var value) ? value : null;

    public void Clear() => _values.Clear();

    private sealed class Bytes : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public static readonly Bytes Comparer = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode([DisallowNull] byte[] obj) => GetHashCode(obj.AsSpan());

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

        // Seeded by the runtime: a sender cannot choose texts that all collide.
        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            HashCode hash = default;
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }
    }
}
