using System.Buffers.Binary;
using System.Text;

namespace Tieout.Application.Usage;

/// <summary>
/// Rows in PostgreSQL's binary COPY format, written into one buffer that is used again. Written by hand because intake is the one
/// place where the writer's own cost shows.
/// </summary>
/// <remarks>Source: PostgreSQL documentation, COPY, binary format; numeric and array as their send functions write them.</remarks>
internal sealed class BinaryRows
{
    private const int NumericBase = 10_000;
    private const int TypeInt = 23;
    private const int TypeText = 25;
    private const int TypeNumeric = 1700;
    private const int TypeUuid = 2950;

    private static readonly int FirstDay = new DateOnly(2000, 1, 1).DayNumber;
    private static readonly long FirstTick = new DateTime(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;

    private byte[] _bytes = new byte[256 * 1024];
    private int _length;

    /// <summary>Everything written since <see cref="Begin"/>.</summary>
    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _length);

    public void Begin()
    {
        _length = 0;
        ReadOnlySpan<byte> signature = [(byte)'P', (byte)'G', (byte)'C', (byte)'O', (byte)'P', (byte)'Y', (byte)'\n', 0xff, (byte)'\r', (byte)'\n', 0];
        signature.CopyTo(Take(signature.Length));
        Take(8).Clear();
    }

    public void Row(short columns) => Short(columns);

    public void End() => Short(-1);

    public void Null() => Plain(-1);

    public void Int(int value)
    {
        Plain(sizeof(int));
        Plain(value);
    }

    public void Long(long value)
    {
        Plain(sizeof(long));
        BinaryPrimitives.WriteInt64BigEndian(Take(sizeof(long)), value);
    }

    public void Instant(DateTimeOffset value) => Long((value.UtcTicks - FirstTick) / TimeSpan.TicksPerMicrosecond);

    public void Date(DateOnly value) => Int(value.DayNumber - FirstDay);

    public void Uuid(Guid value)
    {
        Plain(16);
        value.TryWriteBytes(Take(16), bigEndian: true, out _);
    }

    public void Text(string value)
    {
        var most = Encoding.UTF8.GetMaxByteCount(value.Length);
        Reserve(most + sizeof(int));
        var length = Encoding.UTF8.GetBytes(value, _bytes.AsSpan(_length + sizeof(int)));
        Plain(length);
        _length += length;
    }

    public void Ints(int[] values) => Array(values, TypeInt, static (rows, value) => rows.Int(value));

    public void Numbers(decimal[] values) => Array(values, TypeNumeric, static (rows, value) => rows.Number(value));

    public void Texts(string[]? values) => Array(values, TypeText, static (rows, value) => rows.Text(value));

    public void Uuids(Guid[]? values) => Array(values, TypeUuid, static (rows, value) => rows.Uuid(value));

    /// <summary>Digits to the base of 10,000, the first one standing for 10,000 to the power of the weight.</summary>
    public void Number(decimal value)
    {
        Span<int> parts = stackalloc int[4];
        decimal.GetBits(value, parts);
        var mantissa = new UInt128(0, 0) | (uint)parts[0] | ((UInt128)(uint)parts[1] << 32) | ((UInt128)(uint)parts[2] << 64);
        var scale = (parts[3] >> 16) & 0xff;
        var groups = (scale + 3) / 4;
        for (var place = scale; place < groups * 4; place++) mantissa *= 10;
        Span<short> digits = stackalloc short[16];
        var count = 0;
        var weight = -groups - 1;
        for (; mantissa != 0; weight++)
        {
            short digit;
            if (mantissa <= ulong.MaxValue)
            {
                var low = (ulong)mantissa;
                (mantissa, digit) = (low / NumericBase, (short)(low % NumericBase));
            }
            else
            {
                var rest = mantissa / NumericBase;
                (mantissa, digit) = (rest, (short)(mantissa - (rest * NumericBase)));
            }
            if (count > 0 || digit != 0) digits[count++] = digit;
        }
        Plain(8 + (count * 2));
        Short((short)count);
        Short((short)(count == 0 ? 0 : weight));
        Short((short)(parts[3] < 0 && count > 0 ? 0x4000 : 0));
        Short((short)scale);
        for (var place = count - 1; place >= 0; place--) Short(digits[place]);
    }

    private void Array<T>(T[]? values, int type, Action<BinaryRows, T> write)
    {
        if (values is null)
        {
            Null();
            return;
        }
        var start = _length;
        Plain(0);
        Plain(values.Length == 0 ? 0 : 1);
        Plain(0);
        Plain(type);
        if (values.Length > 0)
        {
            Plain(values.Length);
            Plain(1);
            foreach (var value in values) write(this, value);
        }
        BinaryPrimitives.WriteInt32BigEndian(_bytes.AsSpan(start), _length - start - sizeof(int));
    }

    private void Plain(int value) => BinaryPrimitives.WriteInt32BigEndian(Take(sizeof(int)), value);

    private void Short(short value) => BinaryPrimitives.WriteInt16BigEndian(Take(sizeof(short)), value);

    private Span<byte> Take(int length)
    {
        Reserve(length);
        var span = _bytes.AsSpan(_length, length);
        _length += length;
        return span;
    }

    private void Reserve(int more)
    {
        if (_length + more > _bytes.Length) System.Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + more));
    }
}
