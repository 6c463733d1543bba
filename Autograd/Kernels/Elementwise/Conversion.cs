using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Kernels;

/// <summary>
/// Elements of one type as elements of another, as ONNX's <c>Cast</c> has it. Integers that do not fit keep their lower bits. What comes from floating point is
/// truncated toward zero and saturates at the ends of an integer type of whole bytes, and NaN becomes 0, where ONNX leaves it open; of what goes into two or four bits the lower ones are kept.
/// Types that are computed in float32 go through float32. True is 1, and everything but 0 is true.
/// </summary>
internal static unsafe class Conversion
{
    private const int Chunk = 512;
    private const double Beyond = 9223372036854775808;

    /// <summary>Converts.</summary>
    /// <param name="from">The type of what is read.</param>
    /// <param name="source">Elements as they are stored.</param>
    /// <param name="to">The type of what is written.</param>
    /// <param name="destination">Room for as many elements.</param>
    /// <param name="length">The number of elements.</param>
    /// <param name="saturate">Whether floating-point types of eight bits saturate at their greatest number.</param>
    public static void Run(DType from, nint source, DType to, nint destination, int length, bool saturate = true)
    {
        ElementType row = ElementType.Of(from), result = ElementType.Of(to);
        if (row.IsHalf && to == DType.Float32)
        {
            HalfConversion.Widen(from, (void*)source, (float*)destination, length);
            return;
        }

        if (result.IsHalf && from == DType.Float32)
        {
            HalfConversion.Narrow((float*)source, to, (void*)destination, length);
            return;
        }

        float* wide = stackalloc float[Chunk];
        for (int start = 0; start < length; start += Chunk)
        {
            int count = Math.Min(Chunk, length - start);
            nint read = source + ((nint)start * row.Bytes), write = destination + ((nint)start * result.Bytes);
            if (row.Compute == DType.Float32 && from != DType.Float32)
            {
                Widen(from, read, new Span<float>(wide, count));
                From<float>((nint)wide, result, write, count, saturate);
            }
            else
            {
                NumberDispatch.Run(from == DType.Bool ? DType.UInt8 : row.Compute, "Cast", new Source(read, result, write, count, saturate));
            }
        }
    }

    /// <summary>Elements of a type that is computed in float32, widened.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Widen(DType from, nint source, Span<float> wide)
    {
        switch (from)
        {
            case DType.Float16 or DType.BFloat16:
                fixed (float* to = wide)
                    HalfConversion.Widen(from, (void*)source, to, wide.Length);
                break;
            default:
                SmallFloat format = SmallFloat.Of(from) ?? throw from.NotTaken("Cast", "a number type or Bool");
                for (int i = 0; i < wide.Length; i++)
                    wide[i] = format.Decode(((byte*)source)[i]);
                break;
        }
    }

    /// <summary>Float32 numbers as elements of a type that is computed in it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Narrow(ReadOnlySpan<float> wide, DType to, nint destination, bool saturate)
    {
        switch (to)
        {
            case DType.Float16 or DType.BFloat16:
                fixed (float* from = wide)
                    HalfConversion.Narrow(from, to, (void*)destination, wide.Length);
                break;
            default:
                SmallFloat format = SmallFloat.Of(to) ?? throw to.NotTaken("Cast", "a number type or Bool");
                for (int i = 0; i < wide.Length; i++)
                    ((byte*)destination)[i] = format.Encode(wide[i], saturate);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void From<T>(nint source, ElementType to, nint destination, int count, bool saturate)
        where T : unmanaged, INumber<T>
    {
        var x = new ReadOnlySpan<T>((void*)source, count);
        if (to.Type == DType.Bool)
        {
            for (int i = 0; i < count; i++)
                ((bool*)destination)[i] = x[i] != T.Zero;
        }
        else if (to is { IsInteger: true, Bits: < 8 })
        {
            Low(x, to, (sbyte*)destination);
        }
        else if (to.Compute == DType.Float32 && to.Type != DType.Float32)
        {
            float* wide = stackalloc float[count];
            var numbers = new Span<float>(wide, count);
            TensorPrimitives.ConvertSaturating(x, numbers);
            Narrow(numbers, to.Type, destination, saturate);
        }
        else
        {
            NumberDispatch.Run(to.Compute, "Cast", new Destination<T>(x, destination));
        }
    }

    /// <summary>Integers of less than a byte: the lower bits of the whole number, whether it comes from an integer or from floating point.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Low<T>(ReadOnlySpan<T> x, ElementType to, sbyte* destination)
        where T : unmanaged, INumber<T>
    {
        int spare = 64 - to.Bits;
        bool isFloating = typeof(T) == typeof(float) || typeof(T) == typeof(double), isSigned = to.Kind == ElementKind.Signed;
        for (int i = 0; i < x.Length; i++)
        {
            // A floating-point number beyond 2⁶³ is a multiple of 2¹¹: its lower bits are 0; NaN gives 0 as well.
            long whole = !isFloating || T.Abs(x[i]) < T.CreateTruncating(Beyond) ? long.CreateTruncating(x[i]) : 0, top = whole << spare;
            destination[i] = (sbyte)(isSigned ? top >> spare : top >>> spare);
        }
    }

    private readonly struct Source(nint source, ElementType to, nint destination, int count, bool saturate) : INumberAction
    {
        public void For<T>()
            where T : unmanaged, INumber<T>, IMinMaxValue<T> => From<T>(source, to, destination, count, saturate);
    }

    private readonly ref struct Destination<TFrom>(ReadOnlySpan<TFrom> x, nint destination) : INumberAction
        where TFrom : unmanaged, INumber<TFrom>
    {
        private readonly ReadOnlySpan<TFrom> x = x;

        public void For<T>()
            where T : unmanaged, INumber<T>, IMinMaxValue<T>
        {
            var y = new Span<T>((void*)destination, x.Length);
            if (typeof(TFrom) == typeof(float) || typeof(TFrom) == typeof(double))
                TensorPrimitives.ConvertSaturating(x, y);
            else
                TensorPrimitives.ConvertTruncating(x, y);
        }
    }
}
