using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Tieout.Domain.Usage;

/// <summary>
/// Gathers what an event says, to tell a repeated event from another one under the same id. Counted are type, subject, instant,
/// correction, and the data's properties in the order of their names; order and white space between them do not count, a value
/// written otherwise (1 and 1.0) does. Attributes that change from one sending to the next (traces) are left out.
/// </summary>
internal sealed class ContentHash
{
    private byte[] _bytes = new byte[1024];
    private int _length;

    public void Begin() => _length = 0;

    public void Add(ReadOnlySpan<byte> text)
    {
        Reserve(text.Length + sizeof(int));
        // With its length in front, so that no two lists of texts look alike.
        BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(_length), text.Length);
        text.CopyTo(_bytes.AsSpan(_length + sizeof(int)));
        _length += text.Length + sizeof(int);
    }

    public void Add(long number)
    {
        Reserve(sizeof(long));
        BinaryPrimitives.WriteInt64LittleEndian(_bytes.AsSpan(_length), number);
        _length += sizeof(long);
    }

    /// <summary>The first 64 bits of SHA-256: by chance two contents share them once in 10^19 pairs.</summary>
    public long End()
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(_bytes.AsSpan(0, _length), hash);
        return BinaryPrimitives.ReadInt64LittleEndian(hash);
    }

    /// <summary>A value as 128 bits that do not tell it.</summary>
    public static Guid KeyOf(ReadOnlySpan<byte> value)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(value, hash);
        return new Guid(hash[..16], bigEndian: true);
    }

    private void Reserve(int more)
    {
        if (_length + more > _bytes.Length) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + more));
    }
}
