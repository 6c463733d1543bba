namespace Toolkit.Autograd.Tensors;

/// <summary>What is done with elements as bits of their size.</summary>
internal interface IBitsAction
{
    /// <summary>Does it.</summary>
    /// <typeparam name="T">An unsigned integer of the size of an element.</typeparam>
    void For<T>()
        where T : unmanaged;
}

/// <summary>From the size of an element to the code that moves it: what only moves elements need not know what they are.</summary>
internal static class SizeDispatch
{
    /// <summary>Runs an action for elements of a size.</summary>
    /// <param name="bytes">The bytes of an element.</param>
    /// <param name="action">What to do.</param>
    public static void Run<TAction>(int bytes, TAction action)
        where TAction : IBitsAction, allows ref struct
    {
        switch (bytes)
        {
            case 1: action.For<byte>(); break;
            case 2: action.For<ushort>(); break;
            case 4: action.For<uint>(); break;
            case 8: action.For<ulong>(); break;
            case 16: action.For<UInt128>(); break;
            default: throw new InvalidOperationException($"Expected elements of 1, 2, 4, 8 or 16 bytes, found {bytes}.");
        }
    }
}
