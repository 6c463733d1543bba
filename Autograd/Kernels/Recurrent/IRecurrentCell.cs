using System.Numerics;

namespace Toolkit.Autograd.Kernels;

/// <summary>
/// What one turn of a recurrent operator does with the sums of an example, a vector of units at a time, and its gradient. The sums are blocks of H numbers side by side, a
/// stride apart. The weights hold gates in the order of the standard: those before <see cref="Split"/> belong to the blocks from <see cref="First"/> on, the others, for
/// the input, to those from block 0 on, and for the state to those that follow.
/// </summary>
internal unsafe interface IRecurrentCell
{
    /// <summary>The gates of the weights.</summary>
    static abstract int Gates { get; }

    /// <summary>The blocks of sums.</summary>
    static abstract int Blocks { get; }

    /// <summary>The blocks that are kept of a turn for its gradient; 0 if the result is enough.</summary>
    static abstract int Kept { get; }

    /// <summary>The block at which the products with the state begin.</summary>
    static abstract int First { get; }

    /// <summary>The gates whose products with the input and with the state are added in one block.</summary>
    static abstract int Split { get; }

    /// <summary>The last gates whose product with the state waits until <see cref="Reset"/> has changed the state for them; 0 for none. The memory of the cell then holds the changed
    /// state, and on the way back its gradient.</summary>
    static virtual int Late => 0;

    /// <summary>What the late gates read instead of the state: from the sums of the others, which it turns into activations in place as far as it needs them.</summary>
    /// <param name="sums">The blocks.</param>
    /// <param name="stride">The distance between them.</param>
    /// <param name="h">The hidden state.</param>
    /// <param name="changed">Receives the changed state.</param>
    static virtual void Reset<T, TVector, TSimd>(T* sums, nint stride, T* h, T* changed)
        where T : unmanaged, INumber<T>
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
    {
    }

    /// <summary>From sums to activations, in place, and from states to the next ones.</summary>
    /// <param name="sums">The blocks.</param>
    /// <param name="stride">The distance between them.</param>
    /// <param name="h">The hidden state.</param>
    /// <param name="c">The cell; null where there is none.</param>
    /// <param name="keeps">Whether activations are read again.</param>
    static abstract void Forward<T, TVector, TSimd>(T* sums, nint stride, T* h, T* c, bool keeps)
        where T : unmanaged, INumber<T>
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>;

    /// <summary>From the gradients of the states after a turn to those of the sums and, but for what comes through the sums, of the states before it.</summary>
    /// <param name="kept">What was kept, or the result.</param>
    /// <param name="keptStride">The distance between its blocks.</param>
    /// <param name="before">The hidden state before the turn.</param>
    /// <param name="cellBefore">The cell before the turn.</param>
    /// <param name="outside">The gradient that comes in at the result of the turn.</param>
    /// <param name="dh">The gradient of the hidden state.</param>
    /// <param name="dc">The gradient of the cell.</param>
    /// <param name="sums">Receives the gradients of the sums, blocks that are a stride apart.</param>
    /// <param name="stride">The distance between them.</param>
    static abstract void Backward<T, TVector, TSimd>(
        T* kept, nint keptStride, T* before, T* cellBefore, T* outside, T* dh, T* dc, T* sums, nint stride)
        where T : unmanaged, INumber<T>
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>;

    /// <summary>From the gradient of the changed state to those of the sums that changed it and of the state before the turn.</summary>
    /// <param name="kept">What was kept.</param>
    /// <param name="keptStride">The distance between its blocks.</param>
    /// <param name="before">The hidden state before the turn.</param>
    /// <param name="ofChanged">The gradient of the changed state.</param>
    /// <param name="dh">The gradient of the hidden state, which grows.</param>
    /// <param name="sums">Receives the gradients of the sums, blocks that are a stride apart.</param>
    /// <param name="stride">The distance between them.</param>
    /// <param name="changed">Receives the changed state once more.</param>
    static virtual void BackwardReset<T, TVector, TSimd>(T* kept, nint keptStride, T* before, T* ofChanged, T* dh, T* sums, nint stride, T* changed)
        where T : unmanaged, INumber<T>
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
    {
    }
}
