using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Toolkit.Modeling.Training;

/// <summary>The width of the vectors that a native program was compiled for, and that of its processor: a program that is compiled without naming instructions has 128 bits alone.</summary>
internal static class CompiledVectors
{
    /// <summary>What to say of this program; null for nothing, as for every program that .NET compiles where it runs.</summary>
    public static string? Warning => RuntimeFeature.IsDynamicCodeCompiled ? null : Narrow(Compiled, Processor);

    /// <summary>Gets the width for which the code is compiled, in bits.</summary>
    public static int Compiled => Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;

    /// <summary>Gets the width that the processor has, in bits; 128 where that is not asked.</summary>
    public static int Processor
    {
        get
        {
            if (!X86Base.IsSupported || X86Base.CpuId(0, 0).Eax < 7)
                return 128;
            int features = X86Base.CpuId(7, 0).Ebx, basic = X86Base.CpuId(1, 0).Ecx;

            // Fused multiply-adds, and an operating system that keeps the registers; AVX2; AVX-512 F, DQ, BW and VL.
            const int Basic = (1 << 12) | (1 << 27), Avx2 = 1 << 5, Avx512 = (1 << 16) | (1 << 17) | (1 << 30) | (1 << 31);
            return (basic & Basic) != Basic || (features & Avx2) == 0 ? 128 : (features & Avx512) != Avx512 ? 256 : 512;
        }
    }

    /// <summary>What to say of vectors that are narrower than they could be; null for nothing.</summary>
    /// <param name="compiled">The width that the program has.</param>
    /// <param name="processor">The width that the processor has.</param>
    public static string? Narrow(int compiled, int processor) => compiled >= processor ? null
        : $"The program was compiled for vectors of {compiled} bits and the processor has {processor}: its arithmetic takes up to {processor / compiled} times as long, and bits differ from those of other widths. "
            + "Publish it with -p:IlcInstructionSet=native for this processor, or with x86-64-v3 (256 bits) or x86-64-v4 (512) for all that have as much.";
}
