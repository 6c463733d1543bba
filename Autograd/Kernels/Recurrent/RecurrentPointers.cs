namespace Toolkit.Autograd.Kernels;

/// <summary>The tensors of a recurrent operator and of its gradient. Null where an input is left out or nobody reads a result.</summary>
internal unsafe struct RecurrentPointers<T>
    where T : unmanaged
{
    public RecurrentLayout Layout;
    public T* X;
    public T* InputWeights;
    public T* RecurrentWeights;
    public T* Bias;
    public int* Lengths;
    public T* InitialState;
    public T* InitialCell;
    public T* Result;
    public T* LastState;
    public T* LastCell;

    /// <summary>What is kept of each turn for the gradient, [D, rows of x, blocks · H].</summary>
    public T* Kept;

    /// <summary>The gradients of the results: what comes in.</summary>
    public T* OfResult;
    public T* OfLastState;
    public T* OfLastCell;

    /// <summary>The gradients of the inputs: what goes out.</summary>
    public T* OfX;
    public T* OfInputWeights;
    public T* OfRecurrentWeights;
    public T* OfBias;
    public T* OfInitialState;
    public T* OfInitialCell;
}
