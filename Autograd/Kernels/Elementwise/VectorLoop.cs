using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Kernels;

/// <summary>
/// A chain of float32 operations as one generated loop: every number is loaded once, stays in vector registers through all instructions, and is stored
/// once. The tile by tile way reads and writes each intermediate result; an update of Adam takes a third of its time this way.
/// </summary>
/// <remarks>
/// The instructions are those of the operations' own kernels, in the same order and without contraction, so that the bits are the same. Only operations
/// with an <see cref="ITileKernel.VectorFunction"/> take part; other chains run tile by tile. A condition is a vector of all or no bits inside the
/// loop and a byte of 0 or 1 in memory.
/// </remarks>
internal sealed unsafe class VectorLoop
{
    /// <summary>Elements per pass of the loop.</summary>
    public const int Width = 8;

    private readonly Body body;

    private VectorLoop(Body body) => this.body = body;

    private delegate void Body(nint* addresses, nint bytes);

    /// <summary>Whether a chain can be generated: single precision and conditions throughout, each operation with a function of vectors.</summary>
    /// <param name="instructions">The instructions.</param>
    /// <param name="types">The element types of leaves and stores.</param>
    public static bool Handles(IEnumerable<ElementwiseInstruction> instructions, IEnumerable<DType> types) =>
        instructions.All(i => i.InputType == DType.Float32 && i.Kernel.VectorFunction is not null) && types.All(t => t is DType.Float32 or DType.Bool);

    /// <summary>Generates the loop; null where the program is compiled ahead of time and cannot.</summary>
    /// <param name="instructions">The instructions, which <see cref="Handles"/> accepts.</param>
    /// <param name="leaves">The registers that hold inputs.</param>
    /// <param name="constant">For each leaf whether it is one number that repeats.</param>
    /// <param name="stores">The registers that are stored.</param>
    /// <param name="registers">The number of registers.</param>
    /// <param name="types">The element types of the leaves, then of the stores.</param>
    public static VectorLoop? Of(
        ReadOnlySpan<ElementwiseInstruction> instructions,
        ReadOnlySpan<ElementwiseLeaf> leaves,
        ReadOnlySpan<bool> constant,
        ReadOnlySpan<ElementwiseStore> stores,
        int registers,
        ReadOnlySpan<DType> types)
    {
        if (!RuntimeFeature.IsDynamicCodeCompiled)
        {
            return null;
        }

        var method = new DynamicMethod("loop", typeof(void), [typeof(nint*), typeof(nint)], typeof(VectorLoop).Module, skipVisibility: true);
        ILGenerator code = method.GetILGenerator();
        var vectors = new LocalBuilder[registers];
        for (int i = 0; i < registers; i++)
        {
            vectors[i] = code.DeclareLocal(typeof(Vector256<float>));
        }

        var pointers = new LocalBuilder[leaves.Length + stores.Length];
        for (int i = 0; i < pointers.Length; i++)
        {
            code.Emit(OpCodes.Ldarg_0);
            code.Emit(OpCodes.Ldc_I4, i * sizeof(nint));
            code.Emit(OpCodes.Add);
            code.Emit(OpCodes.Ldind_I);
            if (i < leaves.Length && constant[i])
            {
                code.Emit(OpCodes.Call, Method<Func<nint, Vector256<float>>>(types[i] == DType.Bool ? RepeatCondition : Repeat));
                code.Emit(OpCodes.Stloc, vectors[leaves[i].Register]);
                continue;
            }

            code.Emit(OpCodes.Stloc, pointers[i] = code.DeclareLocal(typeof(nint)));
        }

        LocalBuilder offset = code.DeclareLocal(typeof(nint));
        code.Emit(OpCodes.Ldc_I4_0);
        code.Emit(OpCodes.Conv_I);
        code.Emit(OpCodes.Stloc, offset);
        Label top = code.DefineLabel(), check = code.DefineLabel();
        code.Emit(OpCodes.Br, check);
        code.MarkLabel(top);
        for (int i = 0; i < leaves.Length; i++)
        {
            if (!constant[i])
            {
                EmitAddress(code, pointers[i], offset, types[i]);
                code.Emit(OpCodes.Call, Method<Func<nint, Vector256<float>>>(types[i] == DType.Bool ? LoadCondition : Load));
                code.Emit(OpCodes.Stloc, vectors[leaves[i].Register]);
            }
        }

        foreach (ElementwiseInstruction instruction in instructions)
        {
            foreach (int register in instruction.Inputs)
            {
                code.Emit(OpCodes.Ldloc, vectors[register]);
            }

            code.Emit(OpCodes.Call, instruction.Kernel.VectorFunction!.Method);
            code.Emit(OpCodes.Stloc, vectors[instruction.Output]);
        }

        for (int i = 0; i < stores.Length; i++)
        {
            DType type = types[leaves.Length + i];
            EmitAddress(code, pointers[leaves.Length + i], offset, type);
            code.Emit(OpCodes.Ldloc, vectors[stores[i].Register]);
            code.Emit(OpCodes.Call, Method<Action<nint, Vector256<float>>>(type == DType.Bool ? StoreCondition : Store));
        }

        code.Emit(OpCodes.Ldloc, offset);
        code.Emit(OpCodes.Ldc_I4, Width * sizeof(float));
        code.Emit(OpCodes.Add);
        code.Emit(OpCodes.Stloc, offset);
        code.MarkLabel(check);
        code.Emit(OpCodes.Ldloc, offset);
        code.Emit(OpCodes.Ldarg_1);
        code.Emit(OpCodes.Blt, top);
        code.Emit(OpCodes.Ret);
        return new VectorLoop(method.CreateDelegate<Body>());
    }

    /// <summary>Runs over elements.</summary>
    /// <param name="addresses">The first element of each leaf, then of each store.</param>
    /// <param name="count">A multiple of <see cref="Width"/>.</param>
    public void Run(nint* addresses, int count) => body(addresses, (nint)count * sizeof(float));

    private static void EmitAddress(ILGenerator code, LocalBuilder pointer, LocalBuilder offset, DType type)
    {
        code.Emit(OpCodes.Ldloc, pointer);
        code.Emit(OpCodes.Ldloc, offset);
        if (type == DType.Bool)
        {
            code.Emit(OpCodes.Ldc_I4_2);
            code.Emit(OpCodes.Shr);
        }

        code.Emit(OpCodes.Add);
    }

    private static MethodInfo Method<TDelegate>(TDelegate function)
        where TDelegate : Delegate => function.Method;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Repeat(nint address) => Vector256.Create(*(float*)address);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Load(nint address) => Vector256.Load((float*)address);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(nint address, Vector256<float> vector) => vector.Store((float*)address);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> RepeatCondition(nint address) =>
        *(byte*)address != 0 ? Vector256<float>.AllBitsSet : Vector256<float>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> LoadCondition(nint address)
    {
        Vector128<ushort> wide = Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(ulong*)address).AsByte());
        Vector256<uint> wider = Vector256.Create(Vector128.WidenLower(wide), Vector128.WidenUpper(wide));
        return (~Vector256.Equals(wider, Vector256<uint>.Zero)).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreCondition(nint address, Vector256<float> vector)
    {
        Vector256<uint> ones = vector.AsUInt32() & Vector256<uint>.One;
        Vector128<ushort> narrow = Vector128.Narrow(ones.GetLower(), ones.GetUpper());
        *(ulong*)address = Vector128.Narrow(narrow, narrow).AsUInt64().ToScalar();
    }
}
