using System.Numerics;
using System.Runtime.CompilerServices;

namespace Toolkit.Autograd.Kernels;

/// <summary>
/// The discrete Fourier transform of n complex numbers in double precision, Xₖ = Σⱼ xⱼ e^(∓2πi jk/n), not normalized: by halves where n is a power of 2 (Cooley and Tukey 1965), otherwise as a
/// convolution of such a length (Bluestein 1970). O(n log n) for every n.
/// </summary>
internal sealed class FourierTransform
{
    private readonly int count;
    private readonly Complex[] roots;
    private readonly Complex[]? chirp;
    private readonly Complex[]? chirpTransform;
    private readonly FourierTransform? inner;

    /// <param name="count">n, at least 1.</param>
    public FourierTransform(int count)
    {
        this.count = count;
        bool isPower = BitOperations.IsPow2(count);
        roots = isPower ? [.. Enumerable.Range(0, count / 2).Select(k => Root(k, count))] : [];
        if (isPower)
            return;

        // The square of an index modulo 2n keeps the angle small, and exact.
        chirp = [.. Enumerable.Range(0, count).Select(k => Root((int)((long)k * k % (2L * count)), 2L * count))];
        inner = new FourierTransform((int)BitOperations.RoundUpToPowerOf2((uint)((2 * count) - 1)));
        chirpTransform = new Complex[inner.count];
        for (int k = 0; k < count; k++)
            chirpTransform[k] = chirpTransform[(inner.count - k) % inner.count] = Complex.Conjugate(chirp[k]);
        inner.Run(chirpTransform, isInverse: false);
    }

    /// <summary>Transforms in place.</summary>
    /// <param name="x">n numbers.</param>
    /// <param name="isInverse">Whether the exponent is positive.</param>
    public void Run(Span<Complex> x, bool isInverse)
    {
        // The inverse is the transform between two conjugations.
        if (isInverse)
            Conjugate(x);
        if (inner is null)
            Halves(x);
        else
            Convolution(x, inner);
        if (isInverse)
            Conjugate(x);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Halves(Span<Complex> x)
    {
        for (int i = 1, j = 0; i < count; i++)
        {
            int bit = count >> 1;
            for (; (j & bit) != 0; bit >>= 1)
                j ^= bit;
            j ^= bit;
            if (i < j)
                (x[i], x[j]) = (x[j], x[i]);
        }

        for (int size = 2; size <= count; size <<= 1)
        {
            int half = size / 2, step = count / size;
            for (int start = 0; start < count; start += size)
            {
                for (int k = 0; k < half; k++)
                {
                    Complex even = x[start + k], odd = x[start + k + half] * roots[k * step];
                    x[start + k] = even + odd;
                    x[start + k + half] = even - odd;
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Convolution(Span<Complex> x, FourierTransform transform)
    {
        var work = new Complex[transform.count];
        for (int k = 0; k < count; k++)
            work[k] = x[k] * chirp![k];
        transform.Run(work, isInverse: false);
        for (int k = 0; k < work.Length; k++)
            work[k] *= chirpTransform![k];
        transform.Run(work, isInverse: true);
        for (int k = 0; k < count; k++)
            x[k] = work[k] * chirp![k] / transform.count;
    }

    private static void Conjugate(Span<Complex> x)
    {
        foreach (ref Complex number in x)
            number = Complex.Conjugate(number);
    }

    private static Complex Root(int k, long n)
    {
        (double sin, double cos) = Math.SinCos(-2 * Math.PI * k / n);
        return new Complex(cos, sin);
    }
}
