using System.Numerics;
using System.Runtime.CompilerServices;

namespace Toolkit.Autograd.Kernels;

/// <summary>
/// Groups of channels of images [N, C, …] brought to mean 0 and variance 1, each channel scaled and shifted by its own numbers: y = (x − mean)·inverse·scale + shift with
/// inverse = 1/√(variance + ε).
/// </summary>
internal unsafe struct ChannelNormalization<T> : IJob
    where T : unmanaged, IFloatingPointIeee754<T>
{
    // Elements of a piece: enough to be worth another thread.
    private const int Piece = 16 * 1024;

    public T* X;
    public T* Scale;
    public T* Shift;
    public T* Y;

    /// <summary>The groups of all images.</summary>
    public int Groups;

    /// <summary>The channels of an image, and of a group.</summary>
    public int Channels;
    public int Each;

    /// <summary>The positions of a channel.</summary>
    public int Positions;
    public T Epsilon;

    private readonly int GroupsOfPiece => Math.Max(1, Piece / (Each * Positions));

    public static void Run(in ChannelNormalization<T> job, Workers workers)
    {
        if (job.Groups > 0 && job.Each > 0 && job.Positions > 0)
            workers.For((job.Groups + job.GroupsOfPiece - 1) / job.GroupsOfPiece, job);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Execute(int index, int participant)
    {
        int width = Each * Positions;
        T count = T.CreateChecked(width);
        for (int group = index * GroupsOfPiece; group < Math.Min(Groups, (index + 1) * GroupsOfPiece); group++)
        {
            T* x = X + ((nint)group * width), y = Y + ((nint)group * width);
            T mean = RowSums.Of<T>(x, width) / count, inverse = T.One / T.Sqrt((RowSums.OfSquares(x, mean, width) / count) + Epsilon);
            int channel = (int)((long)group * Each % Channels);
            for (int i = 0; i < Each; i++, x += Positions, y += Positions)
                Write(x, mean, inverse, Scale[channel + i], Shift[channel + i], y);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Write(T* x, T mean, T inverse, T scale, T shift, T* y)
    {
        int i = 0, lanes = Vector<T>.Count, count = Positions;
        Vector<T> center = new(mean), factor = new(inverse), own = new(scale), added = new(shift);
        for (; i <= count - (2 * lanes); i += 2 * lanes)
        {
            Vector<T> first = ((Vector.Load(x + i) - center) * factor * own) + added, second = ((Vector.Load(x + i + lanes) - center) * factor * own) + added;
            first.Store(y + i);
            second.Store(y + i + lanes);
        }

        for (; i < count; i++)
            y[i] = ((x[i] - mean) * inverse * scale) + shift;
    }
}
