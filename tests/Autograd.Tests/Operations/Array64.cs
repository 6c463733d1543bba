using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Operations;

/// <summary>A tensor of doubles with slow, obvious indexing, for reference computations.</summary>
internal sealed class Array64(int[] sizes)
{
    public int[] Sizes { get; } = sizes;

    public double[] Data { get; } = new double[sizes.Aggregate(1, (a, b) => a * b)];

    /// <summary>The numbers of a value; nothing for an input that is left out.</summary>
    public static Array64 Of(Value value)
    {
        if (value is null)
            return null!;
        var array = new Array64(value.Sizes.ToArray());
        for (int i = 0; i < array.Data.Length; i++)
        {
            array.Data[i] = value[i];
        }

        return array;
    }

    public static Array64 Make(int[] sizes, Func<int[], double> element)
    {
        var array = new Array64(sizes);
        for (int i = 0; i < array.Data.Length; i++)
        {
            array.Data[i] = element(array.Index(i));
        }

        return array;
    }

    /// <summary>The element at an index; surplus leading axes are ignored and axes of size 1 repeat.</summary>
    public double this[params int[] index]
    {
        get
        {
            int flat = 0;
            for (int axis = 0; axis < Sizes.Length; axis++)
            {
                int i = index[index.Length - Sizes.Length + axis];
                flat = (flat * Sizes[axis]) + (Sizes[axis] == 1 ? 0 : i);
            }

            return Data[flat];
        }
    }

    public int Flat(params int[] index)
    {
        int flat = 0;
        for (int axis = 0; axis < Sizes.Length; axis++)
        {
            flat = (flat * Sizes[axis]) + index[axis];
        }

        return flat;
    }

    public int[] Index(int flat)
    {
        var index = new int[Sizes.Length];
        for (int axis = Sizes.Length - 1; axis >= 0; axis--)
        {
            index[axis] = flat % Sizes[axis];
            flat /= Sizes[axis];
        }

        return index;
    }
}
