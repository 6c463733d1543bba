namespace Toolkit.Autograd.Kernels;

/// <summary>The left operand, the result and the scalars of C = α·op(A)·B + β·C, by pointers. B comes from an <see cref="IPanelSource{T}"/>.</summary>
internal unsafe struct GemmProblem<T>
    where T : unmanaged
{
    /// <summary>Rows of C.</summary>
    public int M;

    /// <summary>Columns of C.</summary>
    public int N;

    /// <summary>Terms of each sum.</summary>
    public int K;

    /// <summary>Factor of the product.</summary>
    public T Alpha;

    /// <summary>Factor of the old C; 0 means that C is not read.</summary>
    public T Beta;

    /// <summary>Left operand, [m, k], or [k, m] if <see cref="TransposeA"/>.</summary>
    public T* A;

    /// <summary>Distance between rows of A as stored.</summary>
    public nint Lda;

    /// <summary>Whether A is stored as [k, m].</summary>
    public bool TransposeA;

    /// <summary>Result, [m, n].</summary>
    public T* C;

    /// <summary>Distance between rows of C.</summary>
    public nint Ldc;

    /// <summary>One addend per column, or null.</summary>
    public T* ColumnBias;

    /// <summary>One addend per row, or null.</summary>
    public T* RowBias;

    /// <summary>Whether negative results become 0.</summary>
    public bool Relu;
}
