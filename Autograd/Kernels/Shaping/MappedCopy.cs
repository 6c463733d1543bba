using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Kernels;

/// <summary>Copies elements of any type from places that each axis chooses by itself: y[i₀, i₁, …] = x[map₀[i₀], map₁[i₁], …].</summary>
internal static class MappedCopy
{
    /// <summary>Copies.</summary>
    /// <param name="x">Read.</param>
    /// <param name="maps">For each axis the index in x of each index in y.</param>
    /// <param name="y">Written.</param>
    public static void Run(Value x, int[][] maps, Value y)
    {
        if (y.Count > 0)
            SizeDispatch.Run(y.DType.Size(), new Copy(x, maps, y));
    }

    private readonly struct Copy(Value x, int[][] maps, Value y) : IBitsAction
    {
        public unsafe void For<T>()
            where T : unmanaged
        {
            T* from = x.Pointer<T>(), to = y.Pointer<T>();
            int rank = maps.Length;
            if (rank == 0)
            {
                *to = *from;
                return;
            }

            var at = new int[rank];
            int[] last = maps[^1];
            for (int row = 0; row < y.Count / last.Length; row++, to += last.Length)
            {
                int origin = 0;
                for (int axis = 0; axis < rank - 1; axis++)
                    origin = (origin * x.Sizes[axis]) + maps[axis][at[axis]];
                T* line = from + (origin * x.Sizes[rank - 1]);
                for (int i = 0; i < last.Length; i++)
                    to[i] = line[last[i]];
                for (int axis = rank - 2; axis >= 0 && ++at[axis] == maps[axis].Length; axis--)
                    at[axis] = 0;
            }
        }
    }
}
