using System.Numerics;

namespace Toolkit.Autograd.Tensors;

/// <summary>What is done with elements of one number type.</summary>
internal interface INumberAction
{
    /// <summary>Does it.</summary>
    /// <typeparam name="T">The C# type of the elements.</typeparam>
    void For<T>()
        where T : unmanaged, INumber<T>, IMinMaxValue<T>;
}

/// <summary>From an element type to the code for its C# type. The one place that knows them all: what is not listed is refused, never taken for something else.</summary>
internal static class NumberDispatch
{
    /// <summary>Runs an action for a number type that is computed as it is stored.</summary>
    /// <param name="type">The element type.</param>
    /// <param name="name">Who asks, for the message.</param>
    /// <param name="action">What to do.</param>
    /// <exception cref="DTypeException">The type is no number type, or one that is computed in another (<see cref="ElementType.Compute"/>).</exception>
    public static void Run<TAction>(DType type, string name, TAction action)
        where TAction : INumberAction, allows ref struct
    {
        switch (type)
        {
            case DType.Float32: action.For<float>(); break;
            case DType.Float64: action.For<double>(); break;
            case DType.Int8: action.For<sbyte>(); break;
            case DType.Int16: action.For<short>(); break;
            case DType.Int32: action.For<int>(); break;
            case DType.Int64: action.For<long>(); break;
            case DType.UInt8: action.For<byte>(); break;
            case DType.UInt16: action.For<ushort>(); break;
            case DType.UInt32: action.For<uint>(); break;
            case DType.UInt64: action.For<ulong>(); break;
            default: throw type.NotTaken(name, "a number type");
        }
    }
}
