using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Toolkit.Autograd.Kernels;

/// <summary>A function of two numbers, of one pair and of vectors of pairs.</summary>
internal interface IBinaryFunction
{
    static abstract T Of<T>(T x, T y)
        where T : unmanaged, INumber<T>;

    static abstract Vector256<T> Of<T>(Vector256<T> x, Vector256<T> y);
}

/// <summary>
/// Loops over tiles that lie in cache: as little as possible around the arithmetic, since a tile is short. Input and output may be the same memory.
/// </summary>
internal static unsafe class Lanes
{
    /// <summary>
    /// z = f(x, y), element by element. Of an input that repeats one number only the first elements are read, so that it takes no room in the cache.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<T, TFunction>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> z, bool repeatX = false, bool repeatY = false)
        where T : unmanaged, INumber<T>
        where TFunction : struct, IBinaryFunction
    {
        int count = z.Length, width = Vector256<T>.Count, i = 0;
        fixed (T* px = x, py = y, pz = z)
        {
            int stepX = repeatX ? 0 : width, stepY = repeatY ? 0 : width;
            T* a = px, b = py;
            for (; i <= count - (4 * width); i += 4 * width)
            {
                T* c = pz + i;
                Vector256<T> first = TFunction.Of(Vector256.Load(a), Vector256.Load(b));
                a += stepX;
                b += stepY;
                Vector256<T> second = TFunction.Of(Vector256.Load(a), Vector256.Load(b));
                a += stepX;
                b += stepY;
                Vector256<T> third = TFunction.Of(Vector256.Load(a), Vector256.Load(b));
                a += stepX;
                b += stepY;
                Vector256<T> fourth = TFunction.Of(Vector256.Load(a), Vector256.Load(b));
                a += stepX;
                b += stepY;
                first.Store(c);
                second.Store(c + width);
                third.Store(c + (2 * width));
                fourth.Store(c + (3 * width));
            }

            for (; i <= count - width; i += width, a += stepX, b += stepY)
                TFunction.Of(Vector256.Load(a), Vector256.Load(b)).Store(pz + i);
            for (; i < count; i++)
                pz[i] = TFunction.Of(px[i], py[i]);
        }
    }
}
